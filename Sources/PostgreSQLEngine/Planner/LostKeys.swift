// Owns what those who use a table miss of a key, a unique index or a foreign key that goes.

import Planning
import SchemaCore

/// What `ON CONFLICT` can name: the keys of a unique index, in any order (PostgreSQL manual,
/// INSERT, "conflict_target").
struct Arbiter: Equatable {
    let table: ObjectID
    let elements: Set<IndexDefinition.Key.Element>
    /// The condition of a partial index.
    let predicate: VerbatimSQL?

    /// The keys for people: `a, lower(b)`.
    var names: String {
        elements.map { element in
            switch element {
            case .column(let name): name
            case .expression(let expression): expression.text
            }
        }.sorted().joined(separator: ", ")
    }

    /// Whether a statement that names the other one finds this one, too.
    func serves(_ other: Arbiter) -> Bool {
        table == other.table && elements == other.elements
            && (predicate == nil || predicate == other.predicate)
    }

    /// The same without what the server may print anew after a type change.
    private var shape: (columns: Set<IndexDefinition.Key.Element>, expressions: Int) {
        let columns = elements.filter {
            switch $0 {
            case .column: true
            case .expression: false
            }
        }
        return (columns, elements.count - columns.count)
    }

    func isShaped(like other: Arbiter) -> Bool {
        table == other.table && shape == other.shape
            && (predicate == nil) == (other.predicate == nil)
    }
}

extension PostgreSQLObject {
    /// What it is to `ON CONFLICT`, which takes nothing that is deferrable.
    var arbiter: Arbiter? {
        switch definition {
        case .constraint(let constraint):
            guard let columns = constraint.keyColumns, !constraint.isDeferrable,
                let table = parent
            else { return nil }
            return Arbiter(
                table: table, elements: Set(columns.map { .column($0) }), predicate: nil)
        case .index(let index):
            guard index.isUnique, index.isValid else { return nil }
            return Arbiter(
                table: index.owner(of: id), elements: Set(index.keys.map(\.element)),
                predicate: index.predicate)
        case .schema, .extension, .table, .column, .columnDefault, .enum, .sequence, .view,
            .function, .comment, .plain:
            return nil
        }
    }
}

extension PlanContext {
    /// What code misses of a constraint that goes, for good or for its new form.
    func breaks(
        without constraint: ConstraintDefinition, of object: PostgreSQLObject
    ) -> [Effects.Break] {
        let table = table(of: object.id)
        // Nobody misses a part of a table that goes.
        guard desired[table] != nil else { return [] }
        switch constraint.rule {
        case .primaryKey, .unique: return lostKey(object, table)
        case .foreignKey(let key): return lostReference(key, object.id, table)
        case .exclusion:
            if desired[object.id] != nil { return [] }
            return [
                .init(
                    object: table,
                    consequence: "rows that \(object.id.name) kept apart are no longer refused",
                    isFailure: false)
            ]
        case .check: return []
        }
    }

    /// What code misses of a key or unique index.
    func lostKey(_ object: PostgreSQLObject, _ table: ObjectID) -> [Effects.Break] {
        // With a column of its own goes more, and that is told there.
        guard !object.dependencies.contains(where: { $0.kind == .column && desired[$0] == nil })
        else { return [] }
        var breaks: [Effects.Break] = []
        if let arbiter = object.arbiter, !isServed(arbiter, by: object.id) {
            breaks.append(
                .init(
                    object: table,
                    consequence: "ON CONFLICT (\(arbiter.names)) finds no unique key any more"))
        }
        if object.isPrimaryKey, !keepsPrimaryKey(object, table) {
            breaks.append(
                .init(
                    object: table,
                    consequence: "a query that groups by its primary key and shows other columns, "
                        + "and UPDATE or DELETE where it is published, fail"))
        }
        if desired[object.id] == nil && breaks.isEmpty {
            breaks.append(
                .init(
                    object: table,
                    consequence: "\(object.id.name) no longer refuses rows that repeat a key",
                    isFailure: false))
        }
        return breaks
    }

    private func isServed(_ arbiter: Arbiter, by id: ObjectID) -> Bool {
        // After a type change the server may print the same expressions in another way.
        if removed[id] != nil, let other = desired[id]?.arbiter, other.isShaped(like: arbiter) {
            return true
        }
        return desiredIndex.parts(of: arbiter.table).contains {
            $0.arbiter?.serves(arbiter) ?? false
        }
    }

    /// Whether rows are told apart by the same columns as before.
    private func keepsPrimaryKey(_ object: PostgreSQLObject, _ table: ObjectID) -> Bool {
        guard case .constraint(let old) = object.definition else { return false }
        return desiredIndex.parts(of: table).contains { other in
            guard other.isPrimaryKey,
                case .constraint(let new) = other.definition
            else { return false }
            // Of one that is deferrable the server makes no use here.
            return Set(new.keyColumns ?? []) == Set(old.keyColumns ?? [])
                && (!new.isDeferrable || old.isDeferrable)
        }
    }

    private func lostReference(
        _ key: ConstraintDefinition.ForeignKey, _ id: ObjectID, _ table: ObjectID
    ) -> [Effects.Break] {
        let other = ObjectID.table(key.table.schema ?? table.path[0], key.table.name)
        // Another form tells by itself what it does otherwise.
        guard desired[id] == nil, desired[other] != nil else { return [] }
        var breaks = [
            ("DELETE from", key.onDelete), ("UPDATE of the key of", key.onUpdate),
        ].compactMap { statement, action -> Effects.Break? in
            switch action {
            case .noAction, .restrict: nil
            case .cascade, .setNull, .setDefault:
                .init(
                    object: other,
                    consequence: "a \(statement) \(other.dottedPath) leaves the rows of "
                        + "\(table.dottedPath) that refer to it as they are", isFailure: false)
            }
        }
        breaks.append(
            .init(
                object: table,
                consequence: "rows without a row in \(other.dottedPath) are no longer refused",
                isFailure: false))
        return breaks
    }
}
