// Owns the question whether the texts of manifests made more than they were written for. Types,
// expressions and queries are carried verbatim, so they could name a second column, a constraint,
// another clause of the statement; what the server made of them tells.

internal import Planning
internal import SchemaCore

/// Holds what was built against what was declared.
struct CanonicalizeUndeclared {
    private let desired: [ObjectID: PostgreSQLObject]
    private let details: UndeclaredDetails

    init(_ desired: [PostgreSQLObject]) {
        self.desired = Dictionary(
            desired.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        details = UndeclaredDetails(desired)
    }

    /// What was built and no manifest declares, in the order of the places.
    func diagnostics(
        _ built: Catalog<PostgreSQLObject>, unmodelled: [Unmodelled]
    ) -> [Diagnostic] {
        let more = details.more(built, unmodelled: unmodelled).map { finding in
            Self.diagnostic(
                "\(finding.object) has \(finding.what), which no field of its manifest says",
                finding.span)
        }
        return parts(built) + more
    }

    /// What one statement can make beside what it is for.
    private static let companions: Set<ObjectKind> = [
        .column, .columnDefault, .constraint, .domainConstraint, .rowSecurity, .replicaIdentity,
        .clustering, .columnSettings,
    ]

    /// What stands in tables and was not declared.
    private func parts(_ built: Catalog<PostgreSQLObject>) -> [Diagnostic] {
        var keyColumns: Set<ObjectID> = []
        for object in built.objects.values {
            guard case .constraint(let constraint) = object.definition,
                case .primaryKey(let key) = constraint.rule
            else { continue }
            for name in key.columns {
                keyColumns.insert(.column(object.id.path[0], object.id.path[1], name))
            }
        }
        var unnamed = unnamed()
        return built.sorted.compactMap { object in
            // The statement of a table or a domain makes no more than its parts.
            guard Self.companions.contains(object.id.kind) else { return nil }
            guard let declared = desired[object.id] else {
                if isOfSerial(object) || isFromAbove(object) { return nil }
                if let place = Place(object), let left = unnamed[place], left > 0 {
                    unnamed[place] = left - 1
                    return nil
                }
                return undeclared(object)
            }
            guard case .column(let made) = object.definition,
                case .column(let asked) = declared.definition,
                let more = Self.more(made, asked, isKey: keyColumns.contains(object.id))
            else { return nil }
            return Self.diagnostic(
                "the type of \(object.id) says \(more), which the manifest does not", declared.span)
        }
    }

    /// Where something stands whose name the server chooses.
    private struct Place: Hashable {
        let parent: ObjectID
        let sort: String

        init?(_ object: PostgreSQLObject) {
            guard let parent = object.parent,
                case .constraint(let constraint) = object.definition
            else { return nil }
            self.parent = parent
            switch constraint.rule {
            case .primaryKey: sort = "primary key"
            case .unique: sort = "unique"
            case .check: sort = "check"
            case .foreignKey: sort = "foreign key"
            case .exclusion: sort = "exclusion"
            }
        }
    }

    /// How many of each sort were declared without a name.
    private func unnamed() -> [Place: Int] {
        desired.values.reduce(into: [:]) { counts, object in
            guard object.isUnnamed, let place = Place(object) else { return }
            counts[place, default: 0] += 1
        }
    }

    private func undeclared(_ object: PostgreSQLObject) -> Diagnostic {
        let place = [object.parent, object.parent.flatMap { desired[$0]?.parent }]
            .lazy.compactMap { $0.flatMap { desired[$0]?.span } }.first
        return Self.diagnostic(
            "the manifests make \(object.id), which none of them declares", place)
    }

    private static func diagnostic(_ message: String, _ place: SourceSpan?) -> Diagnostic {
        .error(
            "undeclared", message, at: place,
            help: "a type, an expression or a query stands alone in its field: what else is meant "
                + "has fields of its own")
    }

    /// What a type's text brought beside the type.
    private static func more(
        _ made: ColumnDefinition, _ asked: ColumnDefinition, isKey: Bool
    ) -> String? {
        if made.isNotNull && !asked.isNotNull && !isKey { return "NOT NULL" }
        if made.notNull != nil && asked.notNull == nil { return "what its NOT NULL is" }
        if made.identity != nil && asked.identity == nil { return "an identity" }
        if made.generated != nil && asked.generated == nil { return "a generated expression" }
        if made.collation != nil && asked.collation == nil { return "a collation" }
        return nil
    }

    /// Whether a table has it since the one above it has.
    private func isFromAbove(_ object: PostgreSQLObject) -> Bool {
        guard case .plain(.columnSettings(let settings)) = object.definition else { return false }
        return settings.isDerived
    }

    /// Whether it is the default that a `serial` column brings.
    private func isOfSerial(_ object: PostgreSQLObject) -> Bool {
        guard case .columnDefault = object.definition, let column = object.parent,
            case .column(let declared)? = desired[column]?.definition
        else { return false }
        if case .table(let table)? = desired[.table(column.path[0], column.path[1])]?.definition,
            table.origin != nil
        {
            // A column that its parent has as well takes the default there.
            return true
        }
        return ColumnSpec.isSerial(declared.type)
    }
}
