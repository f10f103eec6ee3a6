import Manifest
import Planning
import SchemaCore

/// What the constraints of all sorts have in common.
struct ConstraintCommon: Sendable {
    var isDeferrable = false
    var isInitiallyDeferred = false
    var comment: Spanned<String>?
    var indexComment: Spanned<String>?
    var renamedFrom: [Spanned<String>] = []
}

/// The fields that constraints have in common; a check is never deferrable.
struct ConstraintCommonFields: Sendable {
    let deferrable: Field<Bool?>?
    let initiallyDeferred: Field<Bool>?
    let comment: Field<Spanned<String>?>
    let indexComment: Field<Spanned<String>?>?
    let renamedFrom: Field<[Spanned<String>]>

    init(_ fields: ObjectFields, canBeDeferred: Bool, hasIndex: Bool = false) {
        deferrable =
            canBeDeferred
            ? fields.optional(
                "deferrable", .boolean, "Whether a transaction may have it checked at its end.")
            : nil
        initiallyDeferred =
            canBeDeferred
            ? fields.optional(
                "initiallyDeferred", .boolean, default: false,
                "Whether it is checked at the end of the transaction unless told otherwise.")
            : nil
        renamedFrom = fields.renamedFrom()
        comment = fields.comment()
        indexComment =
            hasIndex
            ? fields.optional("indexComment", .text, "A comment on the index behind it.") : nil
    }

    func read(_ values: ObjectValues) -> ConstraintCommon {
        let isDeferrable = deferrable.flatMap { values[$0] }
        let isDeferred = initiallyDeferred.map { values[$0] } ?? false
        if isDeferred, isDeferrable == false {
            values.report(
                .error(
                    "contradiction", "the constraint is initially deferred and not deferrable",
                    at: initiallyDeferred.flatMap { values.keySpan($0) },
                    help: "remove one of the two"))
        }
        return ConstraintCommon(
            isDeferrable: isDeferrable ?? isDeferred, isInitiallyDeferred: isDeferred,
            comment: values[comment], indexComment: indexComment.flatMap { values[$0] },
            renamedFrom: values[renamedFrom])
    }
}

extension ObjectFields {
    /// Whether a constraint is held to.
    fileprivate func enforced() -> Field<Bool> {
        optional(
            "enforced", .boolean, default: true,
            "Whether it is held to, or only written down (PostgreSQL 18 and newer).")
    }
}

/// A primary key or a unique constraint.
struct KeySpec: Sendable {
    /// For a primary key, which is no mapping by name.
    var name: Spanned<String>?
    var columns: [Spanned<String>]
    var include: [Spanned<String>] = []
    var nullsNotDistinct = false
    var withoutOverlaps = false
    var options: [String: String] = [:]
    var tablespace: String?
    var common = ConstraintCommon()

    static let primaryKey = Decoding<KeySpec>.forms(
        list: Decoding<[Spanned<String>]>.columnNames.map { KeySpec(columns: $0) },
        mapping: long("primary key", isPrimary: true)
    ).named("PrimaryKey")

    static let unique = Decoding<KeySpec>.forms(
        list: Decoding<[Spanned<String>]>.columnNames.map { KeySpec(columns: $0) },
        mapping: long("unique constraint", isPrimary: false)
    ).named("UniqueConstraint")

    private static func long(_ title: String, isPrimary: Bool) -> Decoding<KeySpec> {
        .object(title) { fields in
            let name =
                isPrimary
                ? fields.optional(
                    "name", .name, "Its name; the table's name and _pkey if left out.") : nil
            let columns = fields.required("columns", .columnNames, "The columns in order.")
            let include = fields.optional(
                "include", .columnNames, default: [], "Further columns of the index.")
            let nulls =
                isPrimary
                ? nil
                : fields.optional(
                    "nullsNotDistinct", .boolean, default: false,
                    "Whether NULLs count as equal (PostgreSQL 15 and newer).")
            let overlaps = fields.optional(
                "withoutOverlaps", .boolean, default: false,
                "Whether the last column is a range whose parts count (PostgreSQL 18 and newer).")
            let options = fields.options("Storage parameters of the index.")
            let place = fields.indexTablespace()
            let common = ConstraintCommonFields(fields, canBeDeferred: true, hasIndex: true)
            return { values in
                KeySpec(
                    name: name.flatMap { values[$0] }, columns: values[columns],
                    include: values[include],
                    nullsNotDistinct: nulls.map { values[$0] } ?? false,
                    withoutOverlaps: values[overlaps],
                    options: values[options].texts, tablespace: values[place],
                    common: common.read(values))
            }
        }
    }

    var key: ConstraintDefinition.Key {
        ConstraintDefinition.Key(
            columns: columns.map(\.value), include: include.map(\.value),
            nullsNotDistinct: nullsNotDistinct, options: options, tablespace: tablespace,
            temporal: withoutOverlaps ? .period : nil)
    }
}

/// A check.
struct CheckSpec: Sendable {
    var expression: VerbatimSQL
    var noInherit = false
    var isValidated = true
    var isEnforced = true
    var common = ConstraintCommon()

    static let decoding = Decoding<CheckSpec>.forms(
        scalar: Decoding<VerbatimSQL>.sql.map { CheckSpec(expression: $0) },
        mapping: .object("check") { fields in
            let expression = fields.required("expression", .sql, "The condition.")
            let noInherit = fields.optional(
                "noInherit", .boolean, default: false, "Whether child tables do not have it.")
            let notValid = fields.optional(
                "notValid", .boolean, default: false,
                "Whether rows that were there before are not checked.")
            let enforced = fields.enforced()
            let common = ConstraintCommonFields(fields, canBeDeferred: false)
            return {
                CheckSpec(
                    expression: $0[expression], noInherit: $0[noInherit],
                    isValidated: !$0[notValid], isEnforced: $0[enforced], common: common.read($0))
            }
        }
    ).named("Check")
}

/// A foreign key.
struct ForeignKeySpec: Sendable {
    typealias Action = ConstraintDefinition.ForeignKey.Action
    typealias Match = ConstraintDefinition.ForeignKey.Match

    /// What it refers to.
    struct Target: Sendable {
        var schema: Spanned<String>?
        var table: Spanned<String>
        var columns: [Spanned<String>] = []

        static let decoding = Decoding<Target>.forms(
            scalar: Decoding<Spanned<String>>.name.map { Target(table: $0) },
            mapping: .object("reference") { fields in
                let schema = fields.optional(
                    "schema", .name, "The table's schema, if it is another one.")
                let table = fields.required("table", .name, "The table.")
                let columns = fields.optional(
                    "columns", .columnNames, default: [],
                    "The columns; the primary key if left out.")
                return {
                    Target(schema: $0[schema], table: $0[table], columns: $0[columns])
                }
            }
        ).named("Reference")
    }

    /// `ON DELETE`, for all columns or for some.
    struct Deletion: Sendable {
        var action: Action
        var columns: [Spanned<String>] = []

        static let decoding = Decoding<Deletion>.forms(
            scalar: Decoding<Action>.enumeration().map { Deletion(action: $0) },
            mapping: .object("onDelete") { fields in
                let action = fields.required("action", .enumeration(Action.self), "What is done.")
                let columns = fields.optional(
                    "columns", .columnNames, default: [],
                    "The columns that are set (PostgreSQL 15 and newer); all if left out.")
                return { values in
                    let deletion = Deletion(action: values[action], columns: values[columns])
                    let sets = deletion.action == .setNull || deletion.action == .setDefault
                    if !deletion.columns.isEmpty && !sets {
                        values.report(
                            .error(
                                "contradiction", "only setNull and setDefault take columns",
                                at: values.keySpan(columns), help: "remove columns"))
                    }
                    return deletion
                }
            })
    }

    var columns: [Spanned<String>]
    var target: Target
    var match: Match
    var onUpdate: Action
    var onDelete: Deletion
    var isValidated: Bool
    var isEnforced: Bool
    var isPeriod: Bool
    var common: ConstraintCommon

    static let decoding = Decoding<ForeignKeySpec>.object("foreign key") { fields in
        let columns = fields.required("columns", .columnNames, "The referring columns.")
        let target = fields.required(
            "references", Target.decoding, "The table that is referred to, with its columns.")
        let match = fields.optional(
            "match", .enumeration(Match.self), default: .simple, "How partial NULLs match.")
        let onUpdate = fields.optional(
            "onUpdate", .enumeration(Action.self), default: .noAction,
            "What happens when the referenced key changes.")
        let onDelete = fields.optional(
            "onDelete", Deletion.decoding, default: Deletion(action: .noAction),
            "What happens when the referenced row goes.")
        let notValid = fields.optional(
            "notValid", .boolean, default: false,
            "Whether rows that were there before are not checked.")
        let enforced = fields.enforced()
        let period = fields.optional(
            "period", .boolean, default: false,
            "Whether the last column is a range to be covered (PostgreSQL 18 and newer).")
        let common = ConstraintCommonFields(fields, canBeDeferred: true)
        return { values in
            let spec = ForeignKeySpec(
                columns: values[columns], target: values[target], match: values[match],
                onUpdate: values[onUpdate], onDelete: values[onDelete],
                isValidated: !values[notValid], isEnforced: values[enforced],
                isPeriod: values[period], common: common.read(values))
            spec.check(values, match: match)
            return spec
        }
    }.named("ForeignKey")

    private func check(_ values: ObjectValues, match: Field<Match>) {
        let referring = Set(columns.map(\.value))
        for column in onDelete.columns where !referring.contains(column.value) {
            values.report(
                .error(
                    "unknown-column",
                    "onDelete sets \"\(column.value)\", which is no column of the foreign key",
                    at: column.span,
                    help: DidYouMean.hint(column.value, in: columns.map(\.value))
                        ?? "name columns of the foreign key"))
        }
        if self.match == .partial {
            values.report(
                .error(
                    "unsupported", "PostgreSQL does not implement match: partial",
                    at: values.keySpan(match), help: "write simple or full"))
        }
        ForeignKeyMention.checkCount(columns, refersTo: target.columns, values)
    }
}

/// An exclusion constraint.
struct ExclusionSpec: Sendable {
    struct Element: Sendable {
        var key: IndexKeySpec
        var `operator`: VerbatimSQL

        static let decoding = Decoding<Element>.object("exclusion element") { fields in
            let key = IndexKeyFields(fields)
            let with = fields.required("with", .sql, "The operator that compares: =, &&, …")
            return { values in
                let operation = values[with]
                return key.read(values).map { Element(key: $0, operator: operation) }
            }
        }.named("ExclusionElement")
    }

    var method: String
    var elements: [Element]
    var include: [Spanned<String>]
    var predicate: VerbatimSQL?
    var options: [String: String]
    var tablespace: String?
    var common: ConstraintCommon

    static let decoding = Decoding<ExclusionSpec>.object("exclusion constraint") { fields in
        let method = fields.optional(
            "method", .plainName, default: "gist", "The access method of the index.")
        let elements = fields.required(
            "elements", .list(of: Element.decoding, atLeast: 1), "What is compared, and how.")
        let include = fields.optional(
            "include", .columnNames, default: [], "Further columns of the index.")
        let predicate = fields.optional("where", .sql, "Which rows it concerns: a condition.")
        let options = fields.options("Storage parameters of the index.")
        let place = fields.indexTablespace()
        let common = ConstraintCommonFields(fields, canBeDeferred: true, hasIndex: true)
        return {
            ExclusionSpec(
                method: $0[method], elements: $0[elements], include: $0[include],
                predicate: $0[predicate], options: $0[options].texts, tablespace: $0[place],
                common: common.read($0))
        }
    }.named("Exclusion")
}

extension ObjectFields {
    /// Where the index of a constraint is.
    fileprivate func indexTablespace() -> Field<String?> {
        optional(
            "tablespace", .plainName, "The tablespace of the index, if it is not the database's.")
    }
}
