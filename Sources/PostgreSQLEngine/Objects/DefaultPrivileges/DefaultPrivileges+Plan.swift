// Owns how default privileges are set, and how they stand in a manifest.

import Manifest
import Planning
import SchemaCore

extension DefaultPrivilegesDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank { .comment }
    var mentionedRoles: [String] { GrantsDefinition(grants: grants).mentionedRoles }

    func parent(of id: ObjectID) -> ObjectID? { Self.schema(of: id).map { .schema($0) } }
    func names(_ id: ObjectID) -> Set<NameSlot> { [] }
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] { [] }

    func creation(_ id: ObjectID) -> [SQL] { Self.statements(id, from: nil, to: self).all }
    func removal(_ id: ObjectID) -> [SQL] { Self.statements(id, from: self, to: nil).all }

    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        let forward = Self.statements(id, from: old, to: self)
        var operation = Operation(
            "alter", id, title: "Change \(Self.title(id))", .statements(forward.all),
            phase: .expand, undo: context.exactly(Self.statements(id, from: self, to: old).all))
        operation.effects.exposures = forward.exposures.isEmpty ? nil : forward.exposures
        return .inPlace([operation])
    }

    func describe(_ operation: inout Operation, in context: PlanContext) {
        operation.title = "Set \(Self.title(operation.subject))"
        let exposures = Self.statements(operation.subject, from: nil, to: self).exposures
        operation.effects.exposures = exposures.isEmpty ? nil : exposures
    }

    private static func title(_ id: ObjectID) -> String {
        let place = schema(of: id).map { " in schema \($0)" } ?? ""
        return "default privileges on \(id.path[1]) of \(role(of: id))\(place)"
    }

    private static func statements(
        _ id: ObjectID, from old: Self?, to new: Self?
    ) -> GrantStatements {
        // The words that a server does not know stand in no definition of it.
        let newest = 18
        let place: SQL = schema(of: id).map { " IN SCHEMA \(name: $0)" } ?? ""
        var statements = GrantStatements(
            id, usual: usual(id, major: newest), owner: role(of: id),
            prefix: "ALTER DEFAULT PRIVILEGES FOR ROLE \(name: role(of: id))\(place) ",
            target: sort(of: id)?.word ?? "TABLES")
        statements.lead(
            from: old.map { GrantsDefinition(grants: $0.grants) },
            to: GrantsDefinition(grants: new?.grants ?? []))
        return statements
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        let all = Sort.allCases.map { Self.id(of: id.path[0], $0, in: Self.schema(of: id)) }
        // One for all of its sorts.
        guard all.first(where: { source.catalog[$0] != nil }) == id else { return nil }
        var fields = ExportFields()
        fields.add("apiVersion", .text(ManifestDocument.apiVersion))
        fields.add("kind", .text("DefaultPrivileges"))
        fields.add("role", .text(id.path[0]))
        fields.add("schema", text: Self.schema(of: id))
        for other in all {
            guard case .plain(.defaultPrivileges(let one)) = source.catalog[other]?.definition,
                let sort = Self.sort(of: other)
            else { continue }
            fields.add(sort.rawValue, .grants(one.grants, ownerAs: id.path[0]))
        }
        return .mapping(fields.entries)
    }
}

extension PlanContext {
    /// What a plan makes says itself who may do what with it, so default privileges come after it.
    static func withDefaultsLast(_ operations: [Operation]) -> [Operation] {
        let isDefault = { (operation: Operation) in operation.subject.kind == .defaultPrivileges }
        guard operations.contains(where: isDefault) else { return operations }
        let made = Set(operations.filter { !isDefault($0) }.flatMap(\.produces))
        return operations.map { operation in
            var operation = operation
            if isDefault(operation) { operation.consumes.formUnion(made) }
            return operation
        }
    }
}
