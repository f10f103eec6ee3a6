// Owns the search for what was built and not declared: a text is put into a statement as it is, so
// one with a parenthesis too many could bring along what no field says. Invariant: SQLite's answer
// is looked at, not the text.

internal import SchemaCore

/// Compares what was built with what was declared, as far as one text could bring more.
struct CanonicalUndeclared {
    private let desired: [ObjectID: SQLiteObject]

    init(_ desired: [SQLiteObject]) {
        self.desired = Dictionary(desired.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }

    /// An error for each thing that no manifest declares.
    ///
    /// - Parameter built: what was read back, and nothing that was lent.
    func diagnostics(_ built: Catalog<SQLiteObject>) -> [Diagnostic] {
        let keys = Set(built.objects.values.flatMap(Self.keyColumns))
        let parts = built.sorted.compactMap { object -> Diagnostic? in
            switch object.definition {
            case .table(let made):
                guard case .table(let asked)? = desired[object.id]?.definition,
                    made.isStrict != asked.isStrict
                        || made.isWithoutRowID != asked.isWithoutRowID
                else { return nil }
                return problem("\(object.id) has options", object)
            case .column(let made):
                guard case .column(let asked)? = desired[object.id]?.definition else {
                    return problem("the manifests make \(object.id)", object)
                }
                return Self.more(made, asked, isKey: keys.contains(object.id)).flatMap {
                    problem("\(object.id) has \($0)", object)
                }
            case .index(let made):
                guard case .index(let asked)? = desired[object.id]?.definition,
                    made.keys.count != asked.keys.count
                        || made.predicate != nil && asked.predicate == nil
                else { return nil }
                return problem("\(object.id) has other keys or a condition", object)
            case .constraint, .view, .trigger, .data, .statement: return nil
            }
        }
        return parts + constraints(built)
    }

    /// Most have no name, and addresses that follow from what they became: so they are counted.
    private func constraints(_ built: Catalog<SQLiteObject>) -> [Diagnostic] {
        var left: [String: Int] = [:]
        for object in desired.values {
            if let sort = Self.sort(object) { left[sort, default: 0] += 1 }
        }
        return built.sorted.compactMap { object in
            guard let sort = Self.sort(object) else { return nil }
            left[sort, default: 0] -= 1
            return left[sort, default: 0] < 0
                ? problem("the manifests make \(object.id)", object) : nil
        }
    }

    private static func sort(_ object: SQLiteObject) -> String? {
        guard case .constraint(let constraint) = object.definition else { return nil }
        let table = object.id.path[0]
        return switch constraint.rule {
        case .primaryKey: "primary key of \(table)"
        case .unique: "unique of \(table)"
        case .check: "check of \(table)"
        case .foreignKey: "foreign key of \(table)"
        }
    }

    private static func keyColumns(_ object: SQLiteObject) -> [ObjectID] {
        guard case .constraint(let constraint) = object.definition,
            case .primaryKey(let key) = constraint.rule
        else { return [] }
        return key.columns.map { .column(object.id.path[0], $0.name) }
    }

    /// A key of some tables makes its columns NOT NULL by itself.
    private static func more(
        _ made: ColumnDefinition, _ asked: ColumnDefinition, isKey: Bool
    ) -> String? {
        if made.notNull != nil, asked.notNull == nil, !isKey { return "NOT NULL" }
        if made.default != nil, asked.default == nil { return "a default" }
        if made.collation != nil, asked.collation == nil { return "a collation" }
        if made.generated != nil, asked.generated == nil { return "an expression" }
        return nil
    }

    private func problem(_ what: String, _ object: SQLiteObject) -> Diagnostic {
        let place = desired[object.id]?.span ?? object.parent.flatMap { desired[$0]?.span }
        return .error(
            "undeclared", "\(what), which no field of a manifest says", at: place,
            help: "an expression stands alone in its field: what else is meant has fields of its "
                + "own")
    }
}
