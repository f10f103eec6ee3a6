// Owns what the planner asks of publications. Invariant: one that subscribers follow is changed in
// place, but for the turn from and to all tables, which the server cannot do.

import Manifest
import Planning
import SchemaCore

extension PublicationDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .ownership }
    var holdsUpTypes: Bool { tables.contains { $0.condition != nil } }
    var needsSuperuser: Bool { isForAllTables || !schemas.isEmpty }
    var scratchMaking: ScratchMaking { needsSuperuser ? .kept(calls: nil) : .own }

    func more(than asked: PublicationDefinition) -> String? {
        if tables.count > asked.tables.count { return "another table" }
        return schemas.count > asked.schemas.count ? "another schema" : nil
    }

    func creation(_ id: ObjectID) -> [SQL] {
        var sql: SQL = "CREATE \(id.reference)"
        if isForAllTables {
            sql += " FOR ALL TABLES"
        } else if !contents.isEmpty {
            sql += " FOR \(contents.joined(", "))"
        }
        let settings = settings(besides: nil)
        if !settings.isEmpty { sql += " WITH (\(settings.joined(", ")))" }
        return [sql]
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        guard act == .create else { return [] }
        return tables.compactMap { table in
            table.name.schema.map { .shareUpdateExclusive(.table($0, table.name.name)) }
        }
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        guard act == .remove else { return [] }
        return [.init(object: id, consequence: "subscriptions to \(id.name) fail")]
    }

    /// All but the turn from and to all tables is done in place.
    func alteration(
        of id: ObjectID, from old: PublicationDefinition, in context: PlanContext
    ) -> Alteration {
        guard isForAllTables == old.isForAllTables else { return .recreate }
        var operation = Operation(
            "alter", id, title: "Change what \(id) publishes",
            .statements(steps(id, from: old)), phase: .contract,
            undo: context.exactly(old.steps(id, from: self)))
        if let desired = context.desired[id] { operation.consumes = context.needs(of: desired) }
        operation.releases = (context.settled[id]?.dependencies ?? [])
            .subtracting(operation.consumes)
        operation.effects = context.momentary(locks(id, .create))
        operation.effects.breaks = [
            .init(
                object: id, consequence: "subscribers receive other changes than before",
                isFailure: false)
        ]
        return .inPlace([operation])
    }

    private func steps(_ id: ObjectID, from old: PublicationDefinition) -> [SQL] {
        var out: [SQL] = []
        if tables != old.tables || schemas != old.schemas {
            if contents.isEmpty {
                // The server cannot set it to nothing.
                let gone = Self.list(old.tables.map { $0.name.sql }, old.schemas)
                out.append("ALTER \(id.reference) DROP \(gone.joined(", "))")
            } else {
                out.append("ALTER \(id.reference) SET \(contents.joined(", "))")
            }
        }
        let settings = settings(besides: old)
        if !settings.isEmpty { out.append("ALTER \(id.reference) SET (\(settings.joined(", ")))") }
        return out
    }

    /// What it is for. Partitions and children are named for themselves, as the server keeps them.
    private var contents: [SQL] {
        let list = tables.map { table in
            var sql: SQL = "ONLY \(table.name.sql)"
            if !table.columns.isEmpty {
                sql += " (\(table.columns.map { "\(name: $0)" as SQL }.joined(", ")))"
            }
            if let condition = table.condition { sql += " WHERE (\(verbatim: condition))" }
            return sql
        }
        return Self.list(list, schemas)
    }

    /// Before 15 the word TABLE stands only once.
    private static func list(_ tables: [SQL], _ schemas: [String]) -> [SQL] {
        tables.enumerated().map { $0 == 0 ? "TABLE \($1)" : $1 }
            + schemas.map { "TABLES IN SCHEMA \(name: $0)" }
    }

    /// The settings that differ from another's, or from those of a new one.
    private func settings(besides old: PublicationDefinition?) -> [SQL] {
        var out: [SQL] = []
        if changes != old?.changes ?? Change.allCases {
            out.append("publish = \(literal: changes.map(\.rawValue).joined(separator: ", "))")
        }
        if isViaRoot != old?.isViaRoot ?? false {
            out.append("publish_via_partition_root = \(isViaRoot ? "true" : "false" as SQL)")
        }
        if hasGeneratedColumns != old?.hasGeneratedColumns ?? false {
            let value: SQL = hasGeneratedColumns ? "stored" : "none"
            out.append("publish_generated_columns = \(value)")
        }
        return out
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        var fields = ExportFields(kind: "Publication", name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        fields.add("allTables", flag: isForAllTables)
        if !tables.isEmpty {
            fields.add(
                "tables",
                .sequence(
                    tables.map { table in
                        var fields = ExportFields()
                        fields.add("schema", text: table.name.schema)
                        fields.add("name", .text(table.name.name))
                        fields.add("columns", names: table.columns)
                        if let condition = table.condition {
                            fields.add("where", .plain(condition.withoutParentheses))
                        }
                        return .flowMapping(fields.entries)
                    }))
        }
        fields.add("schemas", names: schemas)
        if changes != Change.allCases {
            fields.add("publish", .names(changes.map(\.rawValue)))
        }
        fields.add("viaRoot", flag: isViaRoot)
        fields.add("generatedColumns", flag: hasGeneratedColumns)
        return .mapping(fields.entries)
    }
}
