// Owns how policies are made and changed.

import Manifest
import Planning
import SchemaCore

extension PolicyDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .trigger }
    var holdsUpTypes: Bool { true }
    var expressions: [VerbatimSQL] { [visible, check].compactMap { $0 } }

    func more(than asked: PolicyDefinition) -> String? {
        if roles != asked.roles { return "another role" }
        if visible != nil && asked.visible == nil { return "a condition on what is seen" }
        return check != nil && asked.check == nil ? "a condition on what is written" : nil
    }
    var mentionedRoles: [String] { roles.filter { $0 != "public" } }

    func parent(of id: ObjectID) -> ObjectID? { table(of: id) }

    func creation(_ id: ObjectID) -> [SQL] {
        var sql: SQL = "CREATE POLICY \(id.shortReference)"
        if isRestrictive { sql += " AS RESTRICTIVE" }
        if command != .all { sql += " FOR \(command.words)" }
        return [sql + " TO \(roleList)\(conditions)"]
    }

    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] {
        [.accessExclusive(table(of: id))]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        [
            .init(
                object: table(of: id),
                consequence: "\(roles.joined(separator: ", ")) may see or write other rows of it",
                isFailure: false)
        ]
    }

    /// What it is for stays with it; a condition can get another, but not leave.
    func alteration(
        of id: ObjectID, from old: PolicyDefinition, in context: PlanContext
    ) -> Alteration {
        guard command == old.command, isRestrictive == old.isRestrictive,
            (visible == nil) == (old.visible == nil), (check == nil) == (old.check == nil)
        else { return .recreate }
        func alter(_ policy: PolicyDefinition) -> SQL {
            "ALTER POLICY \(id.shortReference) TO \(policy.roleList)\(policy.conditions)"
        }
        var operation = Operation(
            "alter", id, title: "Change \(id)", .statements([alter(self)]), phase: .contract,
            undo: context.exactly([alter(old)]))
        operation.effects = context.momentary(locks(id, .create))
        operation.effects.breaks = breaks(id, .create)
        return .inPlace([operation])
    }

    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        var fields = ExportFields()
        if command != .all { fields.add("for", .text(command.rawValue)) }
        fields.add("restrictive", flag: isRestrictive)
        if roles != ["public"] { fields.add("to", names: roles) }
        fields.add("using", predicate: visible)
        fields.add("check", predicate: check)
        fields.add("comment", text: source.comment(on: id))
        return ("policies", .mapping(fields.entries))
    }

    private func table(of id: ObjectID) -> ObjectID { .table(id.path[0], id.path[1]) }

    private var roleList: SQL { roles.roleList }

    private var conditions: SQL {
        var sql = SQL()
        if let visible { sql += " USING (\(verbatim: visible))" }
        if let check { sql += " WITH CHECK (\(verbatim: check))" }
        return sql
    }
}

extension [String] {
    /// Roles with commas between; `public` is a word and no role's name.
    var roleList: SQL { map { $0 == "public" ? "PUBLIC" : "\(name: $0)" as SQL }.joined(", ") }
}

extension PolicyDefinition.Command {
    fileprivate var words: SQL {
        switch self {
        case .all: "ALL"
        case .select: "SELECT"
        case .insert: "INSERT"
        case .update: "UPDATE"
        case .delete: "DELETE"
        }
    }
}
