import Manifest
import Planning
import SchemaCore

/// A trigger in the manifest of its table or view.
struct TriggerSpec: Sendable {
    enum Level: String, CaseIterable, Sendable { case row, statement }

    var trigger: TriggerDefinition
    var columns: [Spanned<String>]
    var function: Spanned<QualifiedName>
    var comment: Spanned<String>?
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<TriggerSpec>.object("trigger") { fields in
        let timing = fields.required(
            "timing", .enumeration(TriggerDefinition.Timing.self),
            "Whether it fires before or after the change, or instead of it (views only).")
        let events = fields.required(
            "events", .oneOrMore(of: .enumeration(TriggerDefinition.Event.self)),
            "What lets it fire: insert, update, delete, truncate.")
        let columns = fields.optional(
            "columns", .columnNames, default: [], "Only an update that names one of these fires it."
        )
        let level = fields.optional(
            "forEach", .enumeration(Level.self), default: .row,
            "Whether it fires once for each row, or once for each statement.")
        let condition = fields.optional("when", .sql, "It fires only where this holds.")
        let function = fields.required(
            "function", Decoding<QualifiedName>.qualifiedName.spanned,
            "The function that it calls; without a schema it is looked for.")
        let arguments = fields.optional(
            "arguments", .list(of: .string), default: [], "Texts for the function.")
        let oldTable = fields.optional(
            "oldTable", .plainName, "A name for the rows as they were, all at once.")
        let newTable = fields.optional(
            "newTable", .plainName, "A name for the rows as they are, all at once.")
        let constraint = fields.optional(
            "constraint", .boolean, default: false,
            "Whether it is a constraint trigger, whose time can be set.")
        let from = fields.optional(
            "from", .qualifiedName, "Another table that a constraint trigger speaks of.")
        let deferrable = fields.optional(
            "deferrable", .boolean, default: false,
            "Whether a constraint trigger can wait until the transaction ends.")
        let deferred = fields.optional(
            "initiallyDeferred", .boolean, default: false,
            "Whether it waits until then unless told otherwise.")
        let fires = fields.optional(
            "fires", .enumeration(TriggerDefinition.Firing.self), default: .origin,
            "In which replication role it fires: origin (the usual), always, replica, never.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        return { values in
            var trigger = TriggerDefinition(
                relation: .table, timing: values[timing],
                events: TriggerDefinition.Event.allCases.filter(values[events].contains),
                columns: values[columns].map(\.value), forEachRow: values[level] == .row,
                condition: values[condition], function: values[function].value,
                arguments: values[arguments], oldTable: values[oldTable],
                newTable: values[newTable])
            trigger.firing = values[fires]
            if values[constraint] {
                trigger.constraint = .init(
                    from: values[from], isDeferrable: values[deferrable] || values[deferred],
                    isInitiallyDeferred: values[deferred])
            } else if values[from] != nil || values[deferrable] || values[deferred] {
                values.report(
                    .error(
                        "contradiction",
                        "from, deferrable and initiallyDeferred are for constraint triggers",
                        at: values[function].span, help: "add constraint: true, or remove them"))
            }
            return TriggerSpec(
                trigger: trigger, columns: values[columns], function: values[function],
                comment: values[comment], renamedFrom: values[renamedFrom])
        }
    }.named("Trigger")

    /// - Parameters:
    ///   - relation: what it belongs to.
    ///   - former: the addresses that the relation may still have.
    func lower(
        _ name: Spanned<String>, of relation: ObjectID, former: [ObjectID],
        _ builder: inout ManifestBuilder
    ) {
        let id = ObjectID.trigger(relation.path[0], relation.name, name.value)
        var definition = trigger
        definition.relation = relation.kind
        builder.add(id, .plain(.trigger(definition)), at: name.span, dependencies: [relation])
        if relation.kind == .table {
            builder.mention(ColumnMention(table: relation, columns: columns))
        }
        builder.comment(comment, on: id)
        builder.renames(renamedFrom, to: id) { old in
            former.map { .trigger($0.path[0], $0.name, old) }
        }
    }
}

/// What a relation does by itself when somebody uses it.
struct ProgramSpecs: Sendable {
    var triggers: OrderedMapping<TriggerSpec>
    var rules: OrderedMapping<RuleSpec>

    func lower(of relation: ObjectID, former: [ObjectID], _ builder: inout ManifestBuilder) {
        for trigger in triggers {
            trigger.value.lower(trigger.name, of: relation, former: former, &builder)
        }
        for rule in rules { rule.value.lower(rule.name, of: relation, former: former, &builder) }
    }
}

/// The fields for it.
struct ProgramFields: Sendable {
    private let triggers: Field<OrderedMapping<TriggerSpec>>
    private let rules: Field<OrderedMapping<RuleSpec>>

    init(_ fields: ObjectFields) {
        triggers = fields.optional(
            "triggers", .mapping(of: TriggerSpec.decoding), default: .init(),
            "The triggers by name.")
        rules = fields.optional(
            "rules", .mapping(of: RuleSpec.decoding), default: .init(), "The rules by name.")
    }

    func specs(_ values: ObjectValues) -> ProgramSpecs {
        ProgramSpecs(triggers: values[triggers], rules: values[rules])
    }
}
