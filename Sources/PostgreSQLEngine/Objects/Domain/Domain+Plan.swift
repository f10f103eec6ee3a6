// Owns how domains and their checks are made and changed. Invariant: what reads the rows of tables
// says so.

import Manifest
import Planning
import SchemaCore

extension DomainDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .type }
    var isType: Bool { true }

    func creation(_ id: ObjectID) -> [SQL] {
        var sql: SQL = "CREATE DOMAIN \(name: id.path) AS \(verbatim: type)"
        if let collation { sql += " COLLATE \(collation.sql)" }
        if let `default` { sql += " DEFAULT \(verbatim: `default`)" }
        if isNotNull {
            if let name = notNull?.name { sql += " CONSTRAINT \(name: name)" }
            sql += " NOT NULL"
        }
        return [sql] + notNullComment(id, from: nil)
    }

    func more(than asked: DomainDefinition) -> String? {
        if isNotNull && !asked.isNotNull { return "NOT NULL" }
        if `default` != nil && asked.default == nil { return "a default" }
        return collation != nil && asked.collation == nil ? "a collation" : nil
    }

    func names(_ id: ObjectID) -> Set<NameSlot> { [NameSlot(space: .type, path: id.path)] }

    func alteration(
        of id: ObjectID, from old: DomainDefinition, in context: PlanContext
    ) -> Alteration {
        guard type == old.type, collation == old.collation else { return .recreate }
        var operations: [Operation] = []
        if `default` != old.default {
            func set(_ value: VerbatimSQL?) -> SQL {
                guard let value else { return "ALTER DOMAIN \(name: id.path) DROP DEFAULT" }
                return "ALTER DOMAIN \(name: id.path) SET DEFAULT \(verbatim: value)"
            }
            operations.append(
                Operation(
                    "set-default", id, title: "Change the default of \(id)",
                    .statements([set(`default`)]), phase: .expand,
                    undo: context.exactly([set(old.default)])))
        }
        if isNotNull != old.isNotNull {
            var operation = Operation(
                isNotNull ? "set-not-null" : "drop-not-null", id,
                title: isNotNull ? "Let \(id) take no NULL" : "Let \(id) take NULL",
                .statements(settingNotNull(id)), phase: isNotNull ? .contract : .expand,
                undo: context.exactly(old.settingNotNull(id)))
            if isNotNull {
                let columns = context.columns(of: id)
                operation.describeScan(of: columns.map(context.table), in: context)
                operation.probes = columns.map { context.nulls(in: $0) }
            }
            operations.append(operation)
        } else if notNull != old.notNull {
            operations.append(
                Operation(
                    "alter-not-null", id, title: "Change the NOT NULL constraint of \(id)",
                    .statements(notNullChanges(id, from: old)), phase: .expand,
                    undo: context.exactly(old.notNullChanges(id, from: self))))
        }
        return .inPlace(operations)
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        var fields = ExportFields(kind: "Domain", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        fields.add("type", sql: type)
        fields.add("collation", name: collation)
        fields.add("default", sql: `default`)
        if let notNull {
            var rest = ExportFields()
            if let name = notNull.name { rest.add("name", .text(name)) }
            rest.add("comment", text: notNull.comment)
            fields.add("notNull", .flowMapping(rest.entries))
        } else {
            fields.add("notNull", flag: isNotNull)
        }
        source.addEntries(of: id, to: &fields)
        return .mapping(fields.entries)
    }
}

extension DomainConstraintDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .typeCheck }
    var expressions: [VerbatimSQL] { [expression] }

    func more(than asked: DomainConstraintDefinition) -> String? {
        isValidated == asked.isValidated ? nil : "NOT VALID"
    }

    func parent(of id: ObjectID) -> ObjectID? { .domain(id.path[0], id.path[1]) }

    func creation(_ id: ObjectID) -> [SQL] {
        let validity: SQL = isValidated ? "" : " NOT VALID"
        return [
            """
            ALTER DOMAIN \(name: Array(id.path.prefix(2))) ADD CONSTRAINT \(name: id.name) \
            CHECK (\(verbatim: expression))\(validity)
            """
        ]
    }

    func removal(_ id: ObjectID) -> [SQL] {
        [
            """
            ALTER DOMAIN \(name: Array(id.path.prefix(2))) DROP CONSTRAINT \(name: id.name)
            """
        ]
    }

    func describeCreation(
        _ id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {
        if isValidated { describeProof(of: id, in: &operation, context) }
    }

    /// The server reads all values of the domain; those of columns of the domain itself can be
    /// counted before.
    private func describeProof(
        of id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {
        let domain = ObjectID.domain(id.path[0], id.path[1])
        let columns = context.columns(of: domain)
        operation.describeScan(of: columns.map(context.table), in: context)
        let type = ("\(name: domain.path)" as SQL).text(.postgreSQL)
        operation.probes += columns.compactMap { column -> Probe? in
            guard case .column(let definition)? = context.settled[column]?.definition,
                definition.type.text == type
            else { return nil }
            let table = context.table(of: column)
            return context.probe(
                "violators",
                counting: "values of \(column.dottedPath) that do not hold \(id.name)", of: table,
                """
                SELECT count(*) FROM (SELECT \(name: column.name) AS value \
                FROM \(context.former.rows(of: table))) AS violators \
                WHERE NOT (\(verbatim: expression))
                """, .fails)
        }
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        guard act == .create else { return [] }
        return [
            .init(
                object: .domain(id.path[0], id.path[1]),
                consequence: "a value that does not hold \(id.name) is refused", isFailure: false)
        ]
    }

    func alteration(
        of id: ObjectID, from old: DomainConstraintDefinition, in context: PlanContext
    ) -> Alteration {
        var validated = old
        validated.isValidated = true
        guard validated == self else { return .recreate }
        var operation = Operation(
            "validate", id, title: "Validate \(id)",
            .statements([
                """
                ALTER DOMAIN \(name: Array(id.path.prefix(2))) \
                VALIDATE CONSTRAINT \(name: id.name)
                """
            ]), phase: .contract,
            undo: Undo(.none(reason: "a check that holds is not worse than one that may"), []))
        describeProof(of: id, in: &operation, context)
        return .inPlace([operation])
    }

    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        let comment = source.comment(on: id)
        guard comment != nil || !isValidated else { return ("checks", .plain(expression.text)) }
        var fields = ExportFields()
        fields.add("expression", sql: expression)
        fields.add("notValid", flag: !isValidated)
        fields.add("comment", text: comment)
        return ("checks", .flowMapping(fields.entries))
    }
}
