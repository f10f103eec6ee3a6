internal import Manifest
internal import Planning
internal import SchemaCore

/// A primary key or a unique constraint.
struct KeySpec: Sendable {
    /// A column of it.
    struct Column: Sendable {
        var name: Spanned<String>
        var collation: String?
        var isDescending = false

        static let decoding = Decoding<Column>.forms(
            scalar: Decoding<Spanned<String>>.name.map { Column(name: $0) },
            mapping: .object("key column") { fields in
                let name = fields.required("column", .name, "The column.")
                let order = KeyOrderFields(fields)
                return { values in
                    let (collation, isDescending) = order.read(values)
                    return Column(
                        name: values[name], collation: collation, isDescending: isDescending)
                }
            }
        ).named("KeyColumn")

        /// As a constraint has it.
        var column: ConstraintDefinition.KeyColumn {
            .init(name.value, collation: collation, isDescending: isDescending)
        }
    }

    /// Where it is no entry of a mapping by name.
    var name: Spanned<String>?
    var columns: [Column]
    var conflict: ConflictClause = .abort
    var autoincrement: Spanned<Bool>?

    private static let short = Decoding<[Column]>.list(of: Column.decoding, atLeast: 1)
        .map { KeySpec(columns: $0) }

    static let primaryKey = Decoding<KeySpec>.forms(
        list: short, mapping: long("primary key", isPrimary: true, isNamed: true)
    ).named("PrimaryKey")

    /// Behind its name.
    static let unique = Decoding<KeySpec>.forms(
        list: short, mapping: long("unique constraint", isPrimary: false, isNamed: false)
    ).named("UniqueConstraint")

    /// In a list.
    static let listedUnique = Decoding<KeySpec>.forms(
        list: short, mapping: long("unique constraint", isPrimary: false, isNamed: true)
    ).named("ListedUniqueConstraint")

    private static func long(
        _ title: String, isPrimary: Bool, isNamed: Bool
    ) -> Decoding<KeySpec> {
        .object(title) { fields in
            let name = isNamed ? fields.constraintName() : nil
            let columns = fields.required(
                "columns", .list(of: Column.decoding, atLeast: 1),
                isPrimary
                    ? "The columns in order. One of type integer is the rowid itself, unless its "
                        + "order is desc."
                    : "The columns in order.")
            let autoincrement =
                isPrimary
                ? fields.optional(
                    "autoincrement", Decoding<Bool>.boolean.spanned,
                    "Whether a rowid that was in use is never given again.") : nil
            let conflict = fields.onConflict()
            return { values in
                KeySpec(
                    name: name.flatMap { values[$0] }, columns: values[columns],
                    conflict: values[conflict], autoincrement: autoincrement.flatMap { values[$0] })
            }
        }
    }

    var names: [Spanned<String>] { columns.map(\.name) }
}

extension ObjectFields {
    /// The name of a constraint that is no entry of a mapping by name.
    fileprivate func constraintName() -> Field<Spanned<String>?> {
        optional("name", .name, "Its name; none if left out.")
    }
}

/// A check.
struct CheckSpec: Sendable {
    var name: Spanned<String>?
    var expression: VerbatimSQL

    private static let short = Decoding<VerbatimSQL>.sql.map { CheckSpec(expression: $0) }

    /// Behind its name.
    static let decoding = Decoding<CheckSpec>.forms(
        scalar: short,
        mapping: .object("check") { fields in
            let expression = fields.required("expression", .sql, "The condition.")
            return { CheckSpec(expression: $0[expression]) }
        }
    ).named("Check")

    /// In a list.
    static let listed = Decoding<CheckSpec>.forms(
        scalar: short,
        mapping: .object("check") { fields in
            let name = fields.constraintName()
            let expression = fields.required("expression", .sql, "The condition.")
            return { CheckSpec(name: $0[name], expression: $0[expression]) }
        }
    ).named("ListedCheck")
}

/// A foreign key.
struct ForeignKeySpec: Sendable {
    typealias Action = ConstraintDefinition.ForeignKey.Action

    /// What it refers to.
    struct Target: Sendable {
        var table: Spanned<String>
        var columns: [Spanned<String>] = []
        var isUnchecked = false

        static let decoding = Decoding<Target>.forms(
            scalar: Decoding<Spanned<String>>.name.map { Target(table: $0) },
            mapping: .object("reference") { fields in
                let table = fields.required("table", .name, "The table.")
                let columns = fields.optional(
                    "columns", .columnNames, default: [],
                    "The columns; the primary key if left out.")
                let unchecked = fields.optional(
                    "unchecked", .boolean, default: false,
                    "Whether the table, or a key of these columns, may be missing: SQLite minds "
                        + "only when rows change while foreign keys are on.")
                return {
                    Target(table: $0[table], columns: $0[columns], isUnchecked: $0[unchecked])
                }
            }
        ).named("Reference")
    }

    var name: Spanned<String>?
    var columns: [Spanned<String>]
    var target: Target
    var match: String?
    var onUpdate: Action
    var onDelete: Action
    var isDeferred: Bool

    /// Behind its name.
    static let decoding = long(isNamed: false).named("ForeignKey")
    /// In a list.
    static let listed = long(isNamed: true).named("ListedForeignKey")

    private static func long(isNamed: Bool) -> Decoding<ForeignKeySpec> {
        .object("foreign key") { fields in
            let name = isNamed ? fields.constraintName() : nil
            let columns = fields.required("columns", .columnNames, "The referring columns.")
            let target = fields.required(
                "references", Target.decoding, "The table that is referred to, with its columns.")
            let match = fields.optional(
                "match", .plainName,
                "How partial NULLs match. SQLite takes no notice of it and matches simply.")
            let onUpdate = fields.optional(
                "onUpdate", .enumeration(Action.self), default: .noAction,
                "What happens when the referenced key changes.")
            let onDelete = fields.optional(
                "onDelete", .enumeration(Action.self), default: .noAction,
                "What happens when the referenced row goes.")
            let deferred = fields.optional(
                "initiallyDeferred", .boolean, default: false,
                "Whether it is checked at the end of the transaction.")
            return { values in
                let spec = ForeignKeySpec(
                    name: name.flatMap { values[$0] }, columns: values[columns],
                    target: values[target], match: values[match]?.asciiUppercased,
                    onUpdate: values[onUpdate], onDelete: values[onDelete],
                    isDeferred: values[deferred])
                ForeignKeyMention.checkCount(
                    spec.columns, refersTo: spec.target.columns, values)
                return spec
            }
        }
    }
}
