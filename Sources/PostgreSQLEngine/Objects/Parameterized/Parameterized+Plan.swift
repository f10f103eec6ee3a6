// Owns how what is made of parameters is made and changed: most of it is made again.

import Manifest
import Planning
import SchemaCore

extension ParameterizedDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank {
        switch sort {
        case .rangeType, .baseType, .collation: .type
        case .aggregate, .operator: .operator
        case .textSearchTemplate, .textSearchParser: .textSearch
        case .textSearchDictionary: .textSearchUse
        }
    }
    var isType: Bool { sort == .rangeType || sort == .baseType }
    var needsSuperuser: Bool {
        switch sort {
        case .baseType, .textSearchParser, .textSearchTemplate: true
        case .aggregate: ["stype", "mstype"].contains { parameters[$0]?.text == "internal" }
        case .rangeType, .collation, .operator, .textSearchDictionary: false
        }
    }
    /// Whoever makes a whole type of a shell has to own that.
    var scratchMaking: ScratchMaking {
        if !needsSuperuser { return .own }
        return sort == .aggregate ? .given : .kept(calls: nil)
    }

    func more(than asked: ParameterizedDefinition) -> String? {
        let more = parameters.names.subtracting(asked.parameters.names)
        return more.min().map { "the parameter \($0)" }
    }

    func creation(_ id: ObjectID) -> [SQL] {
        var list = sort.parameters.compactMap { entry in
            parameters[entry.name].map { value -> SQL in
                // A word that is there or not.
                if Self.flags.contains(entry.name) { return "\(verbatim: VerbatimSQL(entry.name))" }
                return "\(name: entry.name) = \(verbatim: value)"
            }
        }
        if sort != .aggregate, let text { list.append("\(verbatim: text)") }
        let form: SQL = sort == .rangeType ? " AS RANGE" : ""
        let whole: SQL = "CREATE \(target(id))\(form) (\(list.joined(", ")))"
        // The functions of a base type name it, so that it is a shell first.
        return sort == .baseType ? ["CREATE \(id.reference)", whole] : [whole]
    }

    func scratchCreation(_ id: ObjectID) -> [SQL] {
        sort == .baseType ? Array(creation(id).prefix(1)) : creation(id)
    }

    func scratchCompletion(_ id: ObjectID) -> [SQL] {
        sort == .baseType ? Array(creation(id).dropFirst()) : []
    }

    func removal(_ id: ObjectID, in context: PlanContext) -> [SQL] {
        guard sort == .baseType, let type = context.leaving(id) else { return removal(id) }
        return BaseTypes.removal(
            of: id, with: BaseTypes.functions(of: type) { context.leaving($0) }.map(\.id))
    }

    /// What stands behind CREATE.
    private func target(_ id: ObjectID) -> SQL {
        guard let words = id.words else { return id.reference }
        if sort == .aggregate {
            let arguments = text ?? VerbatimSQL("*")
            return "\(words.word) \(name: Array(id.path.prefix(2)))(\(verbatim: arguments))"
        }
        guard sort == .operator else { return id.reference }
        return "\(words.word) \(id.operatorName)"
    }

    private static let flags: Set<String> = [
        "finalfunc_extra", "mfinalfunc_extra", "hypothetical", "hashes", "merges",
    ]

    func names(_ id: ObjectID) -> Set<NameSlot> {
        switch sort {
        case .aggregate: return [NameSlot(space: .function, path: id.path)]
        case .rangeType:
            let own = NameSlot(space: .type, path: id.path)
            guard let other = parameters["multirange_type_name"] else { return [own] }
            // The multirange type's, in the server's spelling.
            return [own, NameSlot(space: .other, path: ["multirange", other.text])]
        case .baseType: return [NameSlot(space: .type, path: id.path)]
        case .collation, .operator, .textSearchDictionary, .textSearchTemplate,
            .textSearchParser:
            return [NameSlot(space: .other, path: [id.kind.rawValue] + id.path)]
        }
    }

    /// The server changes an operator's estimators in place, and some functions of a base type.
    func alteration(
        of id: ObjectID, from old: ParameterizedDefinition, in context: PlanContext
    ) -> Alteration {
        switch sort {
        case .operator: estimators(of: id, from: old, in: context)
        case .baseType: ways(of: id, from: old, in: context)
        case .aggregate, .rangeType, .collation, .textSearchDictionary, .textSearchTemplate,
            .textSearchParser:
            .recreate
        }
    }

    private func estimators(
        of id: ObjectID, from old: ParameterizedDefinition, in context: PlanContext
    ) -> Alteration {
        let changeable = ["restrict", "join"]
        guard parameters.without(changeable) == old.parameters.without(changeable) else {
            return .recreate
        }
        func change(_ from: Self, _ to: Self) -> SQL {
            let list = changeable.filter { from.parameters[$0] != to.parameters[$0] }.map { name in
                to.parameters[name].map { "\(name: name) = \(verbatim: $0)" as SQL }
                    ?? "\(name: name) = NONE"
            }
            return "ALTER \(id.reference) SET (\(list.joined(", ")))"
        }
        return .inPlace([
            Operation(
                "alter", id, title: "Change how \(id) is estimated",
                .statements([change(old, self)]), phase: .expand,
                undo: context.exactly([change(self, old)]))
        ])
    }

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        let name = id.words?.reference == .path ? id.name : id.path[1]
        var fields = ExportFields(kind: sort.manifestKind, schema: id.path[0], name: name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        fields.add(
            "parameters",
            .mapping(
                sort.parameters.compactMap { entry in
                    parameters[entry.name].map { (entry.name, .plain($0.text)) }
                }))
        if let field = sort.textField { fields.add(field.name, sql: text) }
        return .mapping(fields.entries)
    }
}
