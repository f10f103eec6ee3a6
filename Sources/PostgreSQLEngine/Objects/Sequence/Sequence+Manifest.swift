import Manifest
import Planning
import SchemaCore

/// The settings that a sequence and an identity column share.
struct SequenceFields: Sendable {
    let start: Field<Int?>
    let increment: Field<Spanned<Int>?>
    let minimum: Field<Int?>
    let maximum: Field<Int?>
    let cache: Field<Int?>
    let cycle: Field<Bool>

    init(_ fields: ObjectFields) {
        start = fields.optional("start", .integer, "The first value.")
        increment = fields.optional(
            "increment", Decoding<Int>.integer.spanned, "The step; below zero it counts down.")
        minimum = fields.optional("minimum", .integer, "The smallest value.")
        maximum = fields.optional("maximum", .integer, "The largest value.")
        cache = fields.optional(
            "cache", .integer(in: 1 ... .max), "How many values a session takes at once.")
        cycle = fields.optional(
            "cycle", .boolean, default: false, "Whether it starts again behind its last value.")
    }

    /// The settings; reports those that contradict each other.
    func settings(_ values: ObjectValues, type: String?) -> SequenceSettings {
        let increment = values[increment]
        let minimum = values[minimum]
        let maximum = values[maximum]
        let start = values[start]
        if let increment, increment.value == 0 {
            values.report(
                .error(
                    "contradiction", "a sequence with the increment 0 does not move",
                    at: increment.span, help: "write a number other than 0"))
        }
        if let minimum, let maximum, minimum >= maximum {
            values.report(
                .error(
                    "contradiction", "the minimum \(minimum) is not below the maximum \(maximum)",
                    at: values.keySpan(self.minimum), help: "make the range wider"))
        }
        if let start, start < minimum ?? .min || start > maximum ?? .max {
            values.report(
                .error(
                    "contradiction", "the start \(start) is outside of the sequence's range",
                    at: values.keySpan(self.start), help: "write a start within the range"))
        }
        return SequenceSettings(
            type: type, start: start.map(Int64.init), increment: increment.map { Int64($0.value) },
            minimum: minimum.map(Int64.init), maximum: maximum.map(Int64.init),
            cache: values[cache].map(Int64.init), cycles: values[cycle])
    }
}

/// `kind: Sequence`.
struct SequenceSpec: Sendable {
    enum CountType: String, CaseIterable, Sendable { case smallint, integer, bigint }

    struct Owner: Sendable {
        var table: Spanned<String>
        var column: Spanned<String>

        static let decoding = Decoding<Owner>.object("owner") { fields in
            let table = fields.required("table", .name, "The table, in the sequence's schema.")
            let column = fields.required("column", .name, "The column.")
            return { Owner(table: $0[table], column: $0[column]) }
        }
    }

    var schema: Spanned<String>?
    var name: Spanned<String>
    var settings: SequenceSettings
    var ownedBy: Owner?
    var isUnlogged: Bool
    var comment: Spanned<String>?
    var access: AccessSpec
    var renamedFrom: [Spanned<String>]

    static let decoding = Decoding<SequenceSpec>.object("sequence") { fields in
        let schema = fields.schema()
        let name = fields.required("name", .name, "The sequence's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let access = AccessFields(fields, .sequence)
        let type = fields.optional(
            "type", .enumeration(CountType.self), "The type of its values; bigint if left out.")
        let settings = SequenceFields(fields)
        let ownedBy = fields.optional(
            "ownedBy", Owner.decoding, "The column with which it is dropped.")
        let unlogged = fields.optional(
            "unlogged", .boolean, default: false,
            "Whether it is not crash-safe (PostgreSQL 15 and newer).")
        return { values in
            SequenceSpec(
                schema: values[schema], name: values[name],
                settings: settings.settings(values, type: values[type]?.rawValue),
                ownedBy: values[ownedBy], isUnlogged: values[unlogged],
                comment: values[comment], access: access.spec(values),
                renamedFrom: values[renamedFrom])
        }
    }

    func lower(_ builder: inout ManifestBuilder) {
        let id = ObjectID.sequence(builder.schema, name.value)
        let owner = ownedBy.map {
            ObjectID.column(builder.schema, $0.table.value, $0.column.value)
        }
        builder.add(
            id,
            .sequence(
                SequenceDefinition(settings: settings, ownedBy: owner, isUnlogged: isUnlogged)),
            at: name.span, dependencies: [.schema(builder.schema)])
        if let ownedBy {
            builder.mention(
                ColumnMention(
                    table: .table(builder.schema, ownedBy.table.value),
                    columns: [ownedBy.column], tableSpan: ownedBy.table.span))
        }
        builder.comment(comment, on: id)
        builder.access(access, on: id)
        builder.renames(renamedFrom, to: id)
    }
}
