// Owns how composite types are made and changed: attributes come, go and change in place.

import Manifest
import Planning
import SchemaCore

extension CompositeTypeDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .type }
    var isType: Bool { true }

    func more(than asked: CompositeTypeDefinition) -> String? {
        if attributes.map(\.name) != asked.attributes.map(\.name) { return "another attribute" }
        let pairs = zip(attributes, asked.attributes)
        return pairs.contains { $0.collation != nil && $1.collation == nil } ? "a collation" : nil
    }

    func creation(_ id: ObjectID) -> [SQL] {
        let list = attributes.map(\.clause).joined(",\n    ")
        let body: SQL = attributes.isEmpty ? "()" : "(\n    \(list)\n)"
        return ["CREATE TYPE \(name: id.path) AS \(body)"]
    }

    func names(_ id: ObjectID) -> Set<NameSlot> {
        [NameSlot(space: .type, path: id.path), NameSlot(space: .relation, path: id.path)]
    }

    /// Attributes can be added at the end, removed, and get another type, each by itself; another
    /// order needs another type.
    func alteration(
        of id: ObjectID, from old: CompositeTypeDefinition, in context: PlanContext
    ) -> Alteration {
        let wanted = attributes.map(\.name)
        let kept = old.attributes.filter { wanted.contains($0.name) }
        guard wanted.starts(with: kept.map(\.name)) else { return .recreate }
        let tables = context.typedTables(of: id)
        // What is done to the type is done to tables of it, which the server wants to be told.
        let further: SQL = tables.isEmpty ? "" : " CASCADE"
        func clauses(_ from: Self, _ to: Self) -> [SQL] {
            let known = from.byName
            let names = Set(to.attributes.map(\.name))
            return from.attributes.filter { !names.contains($0.name) }.map {
                "DROP ATTRIBUTE \(name: $0.name)\(further)"
            }
                + to.attributes.compactMap { attribute in
                    guard let present = known[attribute.name] else {
                        return "ADD ATTRIBUTE \(attribute.clause)\(further)"
                    }
                    return present == attribute
                        ? nil : "ALTER ATTRIBUTE \(attribute.retyping)\(further)"
                }
        }
        func statement(_ from: Self, _ to: Self) -> SQL {
            "ALTER TYPE \(name: id.path) \(clauses(from, to).joined(", "))"
        }
        var operation = Operation(
            "alter", id, title: "Change the attributes of \(id)",
            .statements([statement(old, self)]), phase: .contract,
            undo: context.exactly([statement(self, old)]))
        let (gone, retyped) = changes(from: old)
        let present = tables.filter(context.exists)
        operation.effects.locks = present.map { .accessExclusive($0) }
        operation.produces = Set([id] + present)
        // What reads attributes that go or get another type leaves before.
        if !gone.isEmpty || !retyped.isEmpty { operation.destroys = operation.produces }
        if !retyped.isEmpty, !present.isEmpty {
            operation.effects.rewrites = present
            describe(retyped, from: old, of: present, in: &operation, context)
        }
        if !gone.isEmpty {
            let holders =
                present.map { (object: $0, table: $0) }
                + context.columns(of: id).map { (object: $0, table: context.table(of: $0)) }
            operation.effects.losses += holders.map {
                .init(
                    object: $0.object, relation: $0.table,
                    what: "all values of \(gone.joined(separator: ", "))")
            }
            if !holders.isEmpty {
                operation.data = .destroyed
                operation.undo.claim = .shape(
                    loses: "all values of \(gone.joined(separator: ", "))")
            }
            operation.effects.breaks = [
                .init(
                    object: id,
                    consequence: "code that reads \(gone.joined(separator: ", ")) of it fails")
            ]
        }
        return .inPlace([operation])
    }

    /// What becomes of the values that tables of the type hold of attributes with another type.
    private func describe(
        _ retyped: [String], from old: CompositeTypeDefinition, of tables: [ObjectID],
        in operation: inout Operation, _ context: PlanContext
    ) {
        let (before, after) = (old.byName, byName)
        let changes = retyped.compactMap { name in
            before[name].flatMap { from in after[name].map { (name, from.type, $0.type) } }
        }.filter { $0.1 != $0.2 }
        // Whether all of them survive, the types alone do not tell.
        operation.data = changes.isEmpty ? .kept : .lossy
        if changes.isEmpty { return }
        operation.undo.claim = .shape(
            loses: "values written since that the old type of "
                + changes.map(\.0).joined(separator: ", ") + " cannot hold")
        for table in tables {
            for (name, from, to) in changes {
                operation.effects.losses.append(
                    .init(
                        object: table, relation: table,
                        what: "values of \(name) that \(to.text) cannot hold as they are"))
                operation.probes.append(
                    context.probe(
                        "misfits-\(table.name)-\(name)",
                        counting: "rows of \(table.dottedPath) whose \(name) does not survive",
                        of: table,
                        """
                        SELECT count(*) FROM \(context.former.rows(of: table)) WHERE \
                        (\(name: name)::\(verbatim: to))::\(verbatim: from) \
                        IS DISTINCT FROM \(name: name)
                        """, .loses))
            }
        }
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        var fields = ExportFields(kind: "CompositeType", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        fields.add(
            "attributes",
            .mapping(
                attributes.map { attribute in
                    let comment = source.comment(
                        on: .column(id.path[0], id.name, attribute.name))
                    guard comment != nil || attribute.collation != nil else {
                        return (attribute.name, .plain(attribute.type.text))
                    }
                    var fields = ExportFields()
                    fields.add("type", sql: attribute.type)
                    fields.add("collation", name: attribute.collation)
                    fields.add("comment", text: comment)
                    return (attribute.name, .mapping(fields.entries))
                }))
        return .mapping(fields.entries)
    }
}

extension CompositeTypeDefinition {
    /// The attributes that an older definition has and this one has not, and those that have
    /// another type or collation in it.
    func changes(from old: Self) -> (gone: [String], retyped: [String]) {
        let wanted = byName
        return (
            old.attributes.filter { wanted[$0.name] == nil }.map(\.name),
            old.attributes.filter { wanted[$0.name] != nil && wanted[$0.name] != $0 }.map(\.name)
        )
    }

    fileprivate var byName: [String: Attribute] {
        Dictionary(attributes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

extension PlanContext {
    /// The tables of a composite type, before or after the plan.
    func typedTables(of type: ObjectID) -> [ObjectID] {
        let found = [settled, desired].flatMap { catalog in
            catalog.objects.values.filter { $0.isOf(type) }.map(\.id)
        }
        return Set(found).sorted()
    }
}

extension PostgreSQLObject {
    /// Whether it is a table of a composite type.
    func isOf(_ type: ObjectID) -> Bool {
        guard case .table(let table) = definition, case .type(let name)? = table.origin else {
            return false
        }
        return [name.schema ?? id.path[0], name.name] == type.path
    }

    /// Its labels or attributes, by which it can be renamed in part.
    var partsByName: Set<ObjectID> {
        if case .enum(let definition) = definition {
            return Set(definition.labels.map { .enumLabel(id.path[0], id.path[1], $0) })
        }
        guard case .plain(.compositeType(let definition)) = definition else { return [] }
        return Set(definition.attributes.map { .attribute(id.path[0], id.path[1], $0.name) })
    }
}

extension CompositeTypeDefinition.Attribute {
    fileprivate var clause: SQL { "\(name: name) \(described)" }
    fileprivate var retyping: SQL { "\(name: name) TYPE \(described)" }

    private var described: SQL {
        guard let collation else { return "\(verbatim: type)" }
        return "\(verbatim: type) COLLATE \(collation.sql)"
    }
}
