// Owns what the planner asks of what is made of clauses. Invariant: what stays as it is beneath a
// change is changed in place, so that nothing that stands on it has to be made again.

import Manifest
import Planning
import SchemaCore

extension ClauseDefinition: PlainKind {
    var scratchRank: ScratchUnit.Rank {
        switch sort {
        case .shellType, .foreignDataWrapper, .foreignServer: .type
        // A class would bring a family of its own.
        case .operatorFamily: .typeCheck
        // An index that was built before would not have it as its default.
        case .operatorClass: .operatorClass
        case .cast, .conversion, .language, .transform, .accessMethod: .operator
        case .eventTrigger: .trigger
        case .textSearchConfiguration: .textSearchUse
        case .userMapping, .subscription: .ownership
        }
    }
    var isType: Bool { sort == .shellType }

    /// <https://www.postgresql.org/docs/current/sql-createopclass.html> and the pages beside it.
    var needsSuperuser: Bool {
        switch sort {
        case .operatorFamily, .operatorClass, .eventTrigger, .foreignDataWrapper, .language,
            .accessMethod, .shellType:
            true
        case .cast: values["method"]?.text == "binary"
        // From PostgreSQL 16 on others can be allowed to make subscriptions.
        case .conversion, .textSearchConfiguration, .foreignServer, .userMapping, .transform,
            .subscription:
            false
        }
    }

    var scratchMaking: ScratchMaking {
        switch sort {
        case .operatorFamily, .operatorClass, .language, .foreignServer, .shellType: .given
        case .foreignDataWrapper: .kept(calls: values["validator"])
        // For a cast a type has to be owned, for a transform a function, which can be the server's.
        case .eventTrigger, .accessMethod, .cast, .transform: .kept(calls: nil)
        case .conversion, .textSearchConfiguration, .userMapping, .subscription: .own
        }
    }

    /// An event trigger would fire while others are built; a subscription would hold the database
    /// up when that is to go, and the server makes nothing of it that is not written.
    func scratchCreation(_ id: ObjectID) -> [SQL] {
        if sort == .subscription { return [] }
        if sort == .operatorFamily { return Array(statements(id).prefix(1)) }
        guard sort == .eventTrigger else { return statements(id) }
        var silent = self
        silent.values = .init(
            ["event", "function"].compactMap { name in values[name].map { (name, $0) } }
                + [("enabled", VerbatimSQL("never"))])
        return silent.statements(id)
    }

    func scratchCompletion(_ id: ObjectID) -> [SQL] {
        sort == .operatorFamily ? Array(statements(id).dropFirst()) : []
    }

    /// The same with what the scratch database did not get or does not show.
    func restored(from made: ClauseDefinition) -> ClauseDefinition {
        guard made.sort == sort else { return self }
        var restored = self
        switch sort {
        case .eventTrigger:
            restored.values = .init(
                sort.fields.compactMap { field in
                    let source = field.name == "enabled" ? made : self
                    return source.values[field.name].map { (field.name, $0) }
                })
        case .userMapping: restored.texts = made.texts
        case .subscription, .cast, .conversion, .textSearchConfiguration, .operatorFamily,
            .operatorClass, .foreignDataWrapper, .foreignServer, .language, .transform,
            .accessMethod, .shellType:
            break
        }
        return restored
    }

    var comesLast: Bool { sort == .eventTrigger }

    /// Members are not counted: the server divides them between a class and its family.
    func more(than asked: ClauseDefinition) -> String? {
        if let name = values.names.subtracting(asked.values.names).min() {
            return "the clause \(name)"
        }
        return texts.keys.filter { asked.texts[$0] == nil }.min().map { "the option \($0)" }
    }

    func creation(_ id: ObjectID) -> [SQL] { statements(id) }

    func removal(_ id: ObjectID) -> [SQL] {
        guard sort == .subscription else { return ["DROP \(id.reference)"] }
        // Otherwise the slot at the publisher goes as well, for which it has to be reached.
        return [
            "ALTER \(id.reference) DISABLE", "ALTER \(id.reference) SET (slot_name = NONE)",
            "DROP \(id.reference)",
        ]
    }

    func names(_ id: ObjectID) -> Set<NameSlot> {
        sort == .shellType
            ? [NameSlot(space: .type, path: id.path)]
            : [NameSlot(space: .other, path: [id.kind.rawValue] + id.path)]
    }

    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        switch (sort, act) {
        case (.eventTrigger, .create):
            [
                .init(
                    object: id, consequence: "statements that change the schema call its function",
                    isFailure: false)
            ]
        case (.eventTrigger, .remove):
            [
                .init(
                    object: id,
                    consequence: "statements that change the schema do not call its function "
                        + "any more", isFailure: false)
            ]
        case (.userMapping, .remove):
            [.init(object: id, consequence: "\(id.name) reaches the server \(id.path[0]) no more")]
        case (.subscription, .remove):
            [
                .init(
                    object: id,
                    consequence: "changes are not received any more, and the slot at the "
                        + "publisher stays and holds its log back")
            ]
        case (_, .create): []
        case (_, .remove):
            [.init(object: id, consequence: "statements that need \(id.dottedPath) fail")]
        }
    }

    func losses(_ id: ObjectID) -> [Effects.Loss] {
        switch sort {
        case .userMapping, .subscription:
            [.init(object: id, relation: nil, what: "its password, if it has one")]
        case .cast, .conversion, .textSearchConfiguration, .operatorFamily, .operatorClass,
            .eventTrigger, .foreignDataWrapper, .foreignServer, .language, .transform,
            .accessMethod, .shellType:
            []
        }
    }

    // MARK: - Alteration

    func alteration(
        of id: ObjectID, from old: ClauseDefinition, in context: PlanContext
    ) -> Alteration {
        guard let forward = changes(id, from: old), let back = old.changes(id, from: self) else {
            return .recreate
        }
        var operation = context.change(of: id, forward, back: back)
        operation.effects.breaks = [
            .init(
                object: id, consequence: "what uses \(id.dottedPath) finds it changed",
                isFailure: false)
        ]
        return .inPlace([operation])
    }

    /// The statements that make it this out of another; nil if none do.
    private func changes(_ id: ObjectID, from old: ClauseDefinition) -> [SQL]? {
        switch sort {
        case .cast, .conversion, .operatorClass, .accessMethod, .shellType: nil
        case .language: [language(id, replacing: true)]
        case .transform: [transform(id, replacing: true)]
        case .textSearchConfiguration:
            values == old.values ? mappingChanges(id, from: old) : nil
        case .operatorFamily: familyChanges(id, from: old)
        case .eventTrigger:
            isEqual(to: old, besides: ["enabled"]) ? [firing(id)] : nil
        case .foreignDataWrapper: wrapperChanges(id, from: old)
        case .foreignServer: serverChanges(id, from: old)
        case .userMapping: optionChanges(id, from: old)
        case .subscription: subscriptionChanges(id, from: old)
        }
    }

    private func isEqual(to old: ClauseDefinition, besides names: [String]) -> Bool {
        values.without(names) == old.values.without(names) && texts == old.texts
            && members == old.members
    }

    private func mappingChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL] {
        old.mapped.filter { texts[$0.token] == nil }.map {
            "ALTER \(id.reference) DROP MAPPING FOR \(name: $0.token)"
        }
            + mapped.filter { old.texts[$0.token] != $0.dictionaries }.map {
                mapping(old.texts[$0.token] == nil ? "ADD" : "ALTER", $0, id)
            }
    }

    /// A member goes by its number and types, which stand before the name of what it is.
    private func familyChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL]? {
        // How a member that goes is named would have to be read out of its text.
        guard old.members.allSatisfy(members.contains) else { return nil }
        let added = members.filter { !old.members.contains($0) }
        return added.isEmpty ? nil : [adding(added, id)]
    }

    private func wrapperChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL] {
        var out: [SQL] = []
        for (field, word) in [("handler", "HANDLER" as SQL), ("validator", "VALIDATOR")]
        where values[field] != old.values[field] {
            out.append(
                has(field)
                    ? "ALTER \(id.reference) \(word) \(sql(field))"
                    : "ALTER \(id.reference) NO \(word)")
        }
        return out + optionChanges(id, from: old)
    }

    private func serverChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL]? {
        guard values.without(["version"]) == old.values.without(["version"]) else { return nil }
        var out: [SQL] = []
        if values["version"] != old.values["version"] {
            // The server knows no way to take a version away.
            guard has("version") else { return nil }
            out.append("ALTER \(id.reference) VERSION \(literal("version"))")
        }
        return out + optionChanges(id, from: old)
    }

    private func optionChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL] {
        let list = OptionList.changes(from: old.texts, to: texts)
        return list.isEmpty ? [] : ["ALTER \(id.reference) OPTIONS (\(list.joined(", ")))"]
    }

    private func subscriptionChanges(_ id: ObjectID, from old: ClauseDefinition) -> [SQL]? {
        var out: [SQL] = []
        if values["connection"] != old.values["connection"] {
            out.append("ALTER \(id.reference) CONNECTION \(literal("connection"))")
        }
        if members != old.members {
            let list = members.map { "\(name: $0.text)" as SQL }.joined(", ")
            out.append(
                "ALTER \(id.reference) SET PUBLICATION \(list) WITH (refresh = false)")
        }
        var settings: [SQL] = []
        if values["slot"] != old.values["slot"] {
            settings.append("slot_name = \(literal: values["slot"]?.text ?? id.name)")
        }
        for (name, value) in mapped where old.texts[name] != value {
            settings.append("\(name: name) = \(literal: value)")
        }
        // What is left out is as the server chooses it.
        if old.texts.keys.contains(where: { texts[$0] == nil }) { return nil }
        if !settings.isEmpty { out.append("ALTER \(id.reference) SET (\(settings.joined(", ")))") }
        return out
    }

    // MARK: - Manifest

    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        if sort == .operatorFamily, isImplied(id, source) { return nil }
        let names = sort.isInSchema ? Array(id.path.dropFirst()) : id.path
        var fields = ExportFields(
            kind: sort.manifestKind, schema: sort.isInSchema ? id.path[0] : nil)
        for (field, name) in zip(sort.identity, names) {
            fields.add(field.name, field.exported(VerbatimSQL(name)))
        }
        fields.add("comment", text: source.comment(on: id))
        if sort.kind.hasOwner { source.addAccess(of: id, to: &fields) }
        for field in sort.fields {
            if let value = values[field.name] { fields.add(field.name, field.exported(value)) }
        }
        if let field = sort.textsField, !texts.isEmpty {
            fields.add(
                field.name, .mapping(texts.sorted { $0.key < $1.key }.map { ($0, .text($1)) }))
        }
        if let field = sort.membersField, !members.isEmpty {
            let list: [YAMLValue] = members.map {
                sort.hasPlainMembers ? .text($0.text) : .plain($0.text)
            }
            fields.add(field.name, sort.hasPlainMembers ? .flowSequence(list) : .sequence(list))
        }
        return .mapping(fields.entries)
    }

    /// Whether a class of the same name brings the family.
    private func isImplied(_ id: ObjectID, _ source: ExportSource) -> Bool {
        let twin = ObjectID(ClauseDefinition.Sort.operatorClass.kind, id.path)
        guard members.isEmpty, source.comment(on: id) == nil, !source.hasAccess(id),
            case .plain(.clause(let one))? = source.catalog[twin]?.definition
        else { return false }
        return one.values["family"] == nil
    }
}

/// What `OPTIONS` says.
enum OptionList {
    /// What `CREATE` says.
    static func clause(_ options: [String: String]) -> SQL {
        if options.isEmpty { return "" }
        let list = options.sorted { $0.key < $1.key }.map { "\(name: $0) \(literal: $1)" as SQL }
        return " OPTIONS (\(list.joined(", ")))"
    }

    static func changes(from old: [String: String], to new: [String: String]) -> [SQL] {
        old.keys.sorted().filter { new[$0] == nil }.map { "DROP \(name: $0)" }
            + new.sorted { $0.key < $1.key }.compactMap { key, value in
                guard let present = old[key] else { return "ADD \(name: key) \(literal: value)" }
                return present == value ? nil : "SET \(name: key) \(literal: value)"
            }
    }
}
