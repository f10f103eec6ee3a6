internal import Manifest
internal import Planning
internal import SchemaCore

/// A trigger, by itself or inside of a table.
struct TriggerSpec: Sendable {
    typealias Time = TriggerDefinition.Time
    typealias Event = TriggerDefinition.Event

    var time: Spanned<Time>?
    var event: Event
    var columns: [Spanned<String>]
    var condition: VerbatimSQL?
    var body: VerbatimSQL
    var renamedFrom: [Spanned<String>]

    /// Inside of a table.
    static let decoding = Decoding<TriggerSpec>.object("trigger") { fields in
        TriggerFields(fields).read
    }.named("TableTrigger")

    /// - Parameter targetSpan: where the table or view is named, if that is not where it is
    ///   declared.
    func lower(
        _ name: Spanned<String>, on target: String, isView: Bool, targetSpan: SourceSpan?,
        _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        check(isView: isView, &context)
        let id = ObjectID.trigger(name.value)
        let definition = TriggerDefinition(
            name: name.value, table: target, isOnView: isView,
            time: time?.value ?? (isView ? .insteadOf : .before), event: event,
            columns: columns.map(\.value), condition: condition.map { ComparableSQL($0) },
            body: ComparableSQL(body))
        builder.add(id, .trigger(definition), at: name.span)
        builder.mention(columns, of: definition.target, tableSpan: targetSpan)
        builder.renames(renamedFrom, to: id) { [.trigger($0)] }
    }

    private func check(isView: Bool, _ context: inout DecodingContext) {
        if let time, (time.value == .insteadOf) != isView {
            context.report(
                .error(
                    "contradiction",
                    isView
                        ? "a trigger of a view runs instead of the change"
                        : "only a trigger of a view runs instead of the change",
                    at: time.span,
                    help: isView ? "remove time" : "write before or after"))
        }
        if let first = columns.first, event != .update {
            context.report(
                .error(
                    "contradiction", "only a trigger for update has columns", at: first.span,
                    help: "remove columns, or write event: update"))
        }
        let tokens = (try? Tokenizer.tokens(of: body.text)) ?? []
        if let last = tokens.last, !last.isSymbol(";") {
            context.report(
                .error(
                    "incomplete", "the last statement of the body has no semicolon",
                    at: body.span, help: "end each statement with a semicolon"))
        }
    }
}

/// The fields of a trigger but its name and table.
struct TriggerFields: Sendable {
    private let time: Field<Spanned<TriggerSpec.Time>?>
    private let event: Field<TriggerSpec.Event>
    private let columns: Field<[Spanned<String>]>
    private let condition: Field<VerbatimSQL?>
    private let body: Field<VerbatimSQL>
    private let renamedFrom: Field<[Spanned<String>]>

    init(_ fields: ObjectFields) {
        time = fields.optional(
            "time", Decoding<TriggerSpec.Time>.enumeration().spanned,
            "When it runs: before if left out; insteadOf for a view.")
        event = fields.required("event", .enumeration(TriggerSpec.Event.self), "What it runs for.")
        columns = fields.optional(
            "columns", .columnNames, default: [],
            "The columns whose update it runs for; any if left out.")
        condition = fields.optional("when", .sql, "For which rows it runs: a condition.")
        renamedFrom = fields.renamedFrom()
        body = fields.required(
            "body", .sql, "What it does: statements, each with a semicolon behind it.")
    }

    @Sendable func read(_ values: ObjectValues) -> TriggerSpec? {
        TriggerSpec(
            time: values[time], event: values[event], columns: values[columns],
            condition: values[condition], body: values[body], renamedFrom: values[renamedFrom])
    }
}

/// `kind: Trigger`: a trigger in a document of its own.
struct TriggerDocumentSpec: Sendable {
    var name: Spanned<String>
    var target: Spanned<String>
    var isOnView: Bool
    var trigger: TriggerSpec

    static let decoding = Decoding<TriggerDocumentSpec>.object("trigger") { fields in
        let name = fields.required("name", .name, "The trigger's name.")
        let table = fields.optional("table", .name, "The table, if it is on one.")
        let view = fields.optional("view", .name, "The view, if it is on one.")
        let trigger = TriggerFields(fields)
        return { values in
            let name = values[name]
            let spec = trigger.read(values)
            switch (values[table], values[view]) {
            case (let target?, nil):
                return spec.map { .init(name: name, target: target, isOnView: false, trigger: $0) }
            case (nil, let target?):
                return spec.map { .init(name: name, target: target, isOnView: true, trigger: $0) }
            case (nil, nil):
                values.report(
                    .error(
                        "incomplete", "the trigger is on nothing", at: values.firstLine,
                        help: "add table: … or view: …"))
                return nil
            case (_?, let other?):
                values.report(
                    .error(
                        "contradiction", "the trigger is on a table and on a view",
                        at: other.span, help: "keep one of the two"))
                return nil
            }
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        trigger.lower(
            name, on: target.value, isView: isOnView, targetSpan: target.span, &builder, &context)
    }
}
