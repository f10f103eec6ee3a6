// Owns what the planner asks of foreign tables. Invariant: nothing is rewritten, for no row is
// here.

import Manifest
import Planning
import SchemaCore

extension ForeignTableDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .view }
    var isType: Bool { true }

    func more(than asked: ForeignTableDefinition) -> String? {
        if columns.count > asked.columns.count { return "another column" }
        if checks.count > asked.checks.count { return "another check" }
        if options.count > asked.options.count { return "another option" }
        for (made, asked) in zip(columns, asked.columns) {
            if let what = made.more(than: asked) { return "\(what) of \(made.name)" }
        }
        return nil
    }

    func creation(_ id: ObjectID) -> [SQL] {
        if let partition { return creation(id, of: partition) }
        let parts = columns.map(\.clause) + checks.map(\.clause)
        let body: SQL = parts.isEmpty ? "()" : "(\n    \(parts.joined(",\n    "))\n)"
        return [
            "CREATE FOREIGN TABLE \(name: id.path) \(body) SERVER \(name: server)"
                + OptionList.clause(options)
        ]
    }

    private func creation(_ id: ObjectID, of partition: Partition) -> [SQL] {
        let list = checks.map(\.clause).joined(", ")
        let body: SQL = checks.isEmpty ? "" : " (\(list))"
        let table: SQL = """
            CREATE FOREIGN TABLE \(name: id.path) PARTITION OF \(partition.parent.sql)\(body) \
            \(verbatim: partition.bound) SERVER \(name: server)
            """
        return [table + OptionList.clause(options)] + columnOptions(id, from: [])
    }

    /// What partitions can only be given when they are there.
    private func columnOptions(_ id: ObjectID, from old: [Column]) -> [SQL] {
        func options(_ list: [Column], _ name: String) -> [String: String] {
            list.first { $0.name == name }?.options ?? [:]
        }
        return Set((columns + old).map(\.name)).sorted().compactMap { name in
            let changes = OptionList.changes(from: options(old, name), to: options(columns, name))
            if changes.isEmpty { return nil }
            return """
                ALTER FOREIGN TABLE \(name: id.path) ALTER COLUMN \(name: name) \
                OPTIONS (\(changes.joined(", ")))
                """
        }
    }

    func names(_ id: ObjectID) -> Set<NameSlot> {
        let own = [
            NameSlot(space: .relation, path: id.path), NameSlot(space: .type, path: id.path),
        ]
        // What is in the way of its bound leaves before.
        let bounds = parentTable(in: id.path[0]).map {
            NameSlot(space: .other, path: ["bounds"] + $0.path)
        }
        return Set(own + [bounds].compactMap { $0 })
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        let parent = parentTable(in: id.path[0]).map { [Effects.Lock.accessExclusive($0)] } ?? []
        return act == .remove ? parent + [.accessExclusive(id)] : parent
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        act == .create
            ? [] : [.init(object: id, consequence: "statements that use \(id.dottedPath) fail")]
    }

    /// All but another server and another order of the columns is done in place; no row is here.
    func alteration(
        of id: ObjectID, from old: ForeignTableDefinition, in context: PlanContext
    ) -> Alteration {
        guard partition == old.partition, let forward = changes(id, from: old),
            let back = old.changes(id, from: self)
        else {
            return .recreate
        }
        var operation = Operation(
            "alter", id, title: "Change \(id)", .statements(forward), phase: .contract,
            undo: context.exactly(back))
        if let desired = context.desired[id] { operation.consumes = context.needs(of: desired) }
        operation.releases = (context.settled[id]?.dependencies ?? [])
            .subtracting(operation.consumes)
        operation.effects = context.momentary([.accessExclusive(id)])
        let names = Set(columns.map(\.name))
        let gone = old.columns.map(\.name).filter { !names.contains($0) }
        if !gone.isEmpty {
            operation.effects.breaks = [
                .init(
                    object: id,
                    consequence: "statements that name \(gone.joined(separator: ", ")) fail")
            ]
        }
        return .inPlace([operation])
    }

    private func changes(_ id: ObjectID, from old: ForeignTableDefinition) -> [SQL]? {
        if partition != nil { return ofPartition(id, from: old) }
        let wanted = columns.map(\.name)
        let kept = old.columns.filter { wanted.contains($0.name) }
        guard server == old.server, wanted.starts(with: kept.map(\.name)) else { return nil }
        let known = Dictionary(
            old.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var list: [SQL] = old.checks.filter { !checks.contains($0) }.map {
            "DROP CONSTRAINT \(name: $0.name)"
        }
        list += old.columns.filter { !wanted.contains($0.name) }.map {
            "DROP COLUMN \(name: $0.name)"
        }
        for column in columns {
            guard let present = known[column.name] else {
                list.append("ADD COLUMN \(column.clause)")
                continue
            }
            guard present.generated == column.generated else { return nil }
            list += column.changes(from: present)
        }
        list += checks.filter { !old.checks.contains($0) }.map { "ADD \($0.clause)" }
        let options = OptionList.changes(from: old.options, to: options)
        if !options.isEmpty { list.append("OPTIONS (\(options.joined(", ")))") }
        return ["ALTER FOREIGN TABLE \(name: id.path) \(list.joined(", "))"]
    }

    private func ofPartition(_ id: ObjectID, from old: ForeignTableDefinition) -> [SQL]? {
        guard server == old.server else { return nil }
        var list: [SQL] = old.checks.filter { !checks.contains($0) }.map {
            "DROP CONSTRAINT \(name: $0.name)"
        }
        list += checks.filter { !old.checks.contains($0) }.map { "ADD \($0.clause)" }
        let options = OptionList.changes(from: old.options, to: options)
        if !options.isEmpty { list.append("OPTIONS (\(options.joined(", ")))") }
        let table: SQL = "ALTER FOREIGN TABLE \(name: id.path)"
        return (list.isEmpty ? [] : ["\(table) \(list.joined(", "))"])
            + columnOptions(id, from: old.columns)
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        var fields = ExportFields(kind: "ForeignTable", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        let columns = exportedColumns(id, source)
        let numbered = columns.map { ObjectID.column(id.path[0], id.name, $0.name) }
        source.addAccess(of: id, to: &fields, columns: numbered)
        if let partition {
            let parent = partition.parent
            let schema = parent.schema.flatMap { $0 == id.path[0] ? nil : $0 }
            fields.add(
                "partitionOf",
                .flowMapping(
                    (schema.map { [("schema", .text($0))] } ?? []) + [
                        ("table", .text(parent.name)), ("bound", .plain(partition.bound.text)),
                    ]))
        }
        fields.add("server", .text(server))
        fields.add("options", texts: options)
        let list = zip(columns, numbered).map { column, id in
            (column.name, column.exported(source.comment(on: id), source.columnGrants(id)))
        }
        if partition == nil || !list.isEmpty { fields.add("columns", .mapping(list)) }
        if !checks.isEmpty {
            fields.add(
                "checks",
                .mapping(
                    checks.map { check in
                        let expression = YAMLValue.plain(check.expression.withoutParentheses)
                        guard check.isNoInherit else { return (check.name, expression) }
                        return (
                            check.name,
                            .flowMapping([
                                ("expression", expression), ("noInherit", .boolean(true)),
                            ])
                        )
                    }))
        }
        source.addEntries(of: id, to: &fields)
        return .mapping(fields.entries)
    }

    /// Of a partition also those of which only something is said.
    private func exportedColumns(_ id: ObjectID, _ source: ExportSource) -> [Column] {
        if partition == nil { return columns }
        let known = Set(columns.map(\.name))
        let others = source.derived[.table(id.path[0], id.name)] ?? []
        return columns
            + others.map(\.name).filter { !known.contains($0) }.sorted().map {
                Column(name: $0, options: [:])
            }
    }
}

extension ForeignTableDefinition.Column {
    fileprivate var clause: SQL {
        var sql: SQL = "\(name: name) \(verbatim: type)"
        sql += OptionList.clause(options)
        if let collation { sql += " COLLATE \(collation.sql)" }
        if let generated {
            sql += " GENERATED ALWAYS AS (\(verbatim: generated.expression))"
            sql += generated.isStored ? " STORED" : " VIRTUAL"
        }
        if let fallback { sql += " DEFAULT \(verbatim: fallback)" }
        if isNotNull { sql += " NOT NULL" }
        return sql
    }

    fileprivate func more(than asked: Self) -> String? {
        if isNotNull && !asked.isNotNull { return "NOT NULL" }
        if fallback != nil && asked.fallback == nil { return "a default" }
        if generated != nil && asked.generated == nil { return "an expression" }
        if collation != nil && asked.collation == nil { return "a collation" }
        return options.count > asked.options.count ? "another option" : nil
    }

    fileprivate func changes(from old: Self) -> [SQL] {
        let alter: SQL = "ALTER COLUMN \(name: name)"
        var list: [SQL] = []
        if type != old.type || collation != old.collation {
            let collate: SQL = collation.map { " COLLATE \($0.sql)" } ?? ""
            list.append("\(alter) TYPE \(verbatim: type)\(collate)")
        }
        if fallback != old.fallback {
            list.append(
                fallback.map { "\(alter) SET DEFAULT \(verbatim: $0)" } ?? "\(alter) DROP DEFAULT")
        }
        if isNotNull != old.isNotNull {
            list.append(isNotNull ? "\(alter) SET NOT NULL" : "\(alter) DROP NOT NULL")
        }
        let options = OptionList.changes(from: old.options, to: options)
        if !options.isEmpty { list.append("\(alter) OPTIONS (\(options.joined(", ")))") }
        return list
    }

    fileprivate func exported(_ comment: String?, _ grants: YAMLValue?) -> YAMLValue {
        var fields = ExportFields()
        let isOwn = !type.text.isEmpty
        let type = type.shortType
        if isOwn {
            fields.add("type", .plain(type))
            fields.add("nullable", flag: !isNotNull)
        }
        fields.add("default", sql: fallback)
        if let generated { fields.add("generated", generated.exported) }
        fields.add("collation", name: collation)
        fields.add("options", texts: options)
        fields.add("comment", text: comment)
        if let grants { fields.add("grants", grants) }
        if isOwn, fields.entries.count == 1 { return .plain(type) }
        return grants == nil ? .flowMapping(fields.entries) : .mapping(fields.entries)
    }
}

extension ForeignTableDefinition.Check {
    fileprivate var clause: SQL {
        let tail: SQL = isNoInherit ? " NO INHERIT" : ""
        return "CONSTRAINT \(name: name) CHECK (\(verbatim: expression))\(tail)"
    }
}
