// Owns how rows are asked for columns that the plan itself adds: with the values that these will
// have, as far as a query can tell that changes nothing.

import Planning
import SchemaCore

extension PlanContext {
    /// The columns of a table that is there which an object stands on and this plan adds.
    func newColumns(of object: PostgreSQLObject, in table: ObjectID) -> Set<ObjectID> {
        guard exists(table) else { return [] }
        return object.dependencies.filter {
            $0.kind == .column && created.contains($0) && self.table(of: $0) == table
        }
    }

    /// What a foreign key refers to and this plan makes: no row, or rows with new columns.
    func newGround(of object: PostgreSQLObject, in other: ObjectID) -> Set<ObjectID> {
        if exists(other) { return newColumns(of: object, in: other) }
        return needs(of: object).filter { id in
            id == other
                || [.column, .constraint].contains(id.kind) && self.table(of: id) == other
        }
    }

    /// What rows that are there get in a new column.
    enum NewValue {
        /// The same for all or computed of what they hold.
        case told(SQL)
        /// NULL.
        case null(SQL)
        /// Only the statement itself tells, mostly one of its own for each.
        case untold
    }

    func newValue(of column: ObjectID) -> NewValue {
        guard case .column(let definition)? = desired[column]?.definition,
            definition.identity == nil
        else { return .untold }
        if let generated = definition.generated {
            return .told("(\(verbatim: generated.expression))")
        }
        let id = ObjectID.columnDefault(column.path[0], column.path[1], column.path[2])
        guard case .columnDefault(let value)? = desired[id]?.definition else {
            return .null("NULL::\(verbatim: definition.type)")
        }
        return value.isVolatile ? .untold : .told("(\(verbatim: value.expression))")
    }

    /// What stands behind FROM: the rows of a table with its new columns. Without these where their
    /// values cannot be told; then the question has no answer before the plan has begun.
    func rows(
        of table: ObjectID, with columns: Set<ObjectID>, as alias: String? = nil
    ) -> SQL {
        let computed = columns.filter { isComputed($0) }
        let ground = computed.compactMap { desired[$0] }
            .reduce(columns.subtracting(computed)) { $0.union(newColumns(of: $1, in: table)) }
        var rows = former.rows(of: table, as: alias)
        for layer in [ground, computed] where !layer.isEmpty {
            var list: [SQL] = []
            for column in layer.sorted() {
                switch newValue(of: column) {
                case .told(let value), .null(let value):
                    list.append("\(value) AS \(name: column.name)")
                case .untold: return former.rows(of: table, as: alias)
                }
            }
            rows = "(SELECT *, \(list.joined(", ")) FROM \(rows)) AS \(name: alias ?? table.name)"
        }
        return rows
    }

    /// What the values of new columns follow from beside the rows.
    func grounds(of columns: Set<ObjectID>) -> Set<ObjectID> {
        columns.reduce(into: []) { out, column in
            let id = ObjectID.columnDefault(column.path[0], column.path[1], column.path[2])
            for object in [desired[column], desired[id]] {
                // Other new columns are asked for in the same way.
                out.formUnion(
                    (object?.dependencies ?? []).filter {
                        $0.kind != .column || !created.contains($0)
                    })
            }
        }
    }

    /// What functions that an operation's questions call stand on, as far as parsed bodies tell.
    func called(by operation: Operation) -> [ObjectID] {
        if operation.probes.isEmpty { return [] }
        let asked = operation.probes.reduce(operation.consumes) { $0.union($1.reads) }
        var seen: Set<ObjectID> = []
        var queue = asked.filter { $0.kind == .function }.sorted()
        while let id = queue.popLast() {
            for next in desired[id]?.dependencies ?? [] where next.kind != .schema {
                guard seen.insert(next).inserted else { continue }
                if [.function, .view].contains(next.kind) { queue.append(next) }
            }
        }
        return seen.sorted()
    }

    private func isComputed(_ column: ObjectID) -> Bool {
        guard case .column(let definition)? = desired[column]?.definition else { return false }
        return definition.generated != nil
    }
}

extension PlanContext {
    /// Counts the pairs of rows that an exclusion constraint would refuse.
    func conflicts(
        of exclusion: ConstraintDefinition.Exclusion, _ object: PostgreSQLObject,
        in table: ObjectID
    ) -> [Probe] {
        let elements = exclusion.elements.enumerated().map { number, element in
            (name: "key\(number + 1)", element: element)
        }
        let values = elements.map { name, element -> SQL in
            var value: SQL =
                switch element.key.element {
                case .column(let column): "\(name: column)"
                case .expression(let expression): "(\(verbatim: expression))"
                }
            if let collation = element.key.collation { value += " COLLATE \(collation.sql)" }
            return "\(value) AS \(name: name)"
        }
        let matches = elements.map { name, element -> SQL in
            "one.\(name: name) \(verbatim: element.operator) other.\(name: name)"
        }
        let filter: SQL = exclusion.predicate.map { " WHERE (\(verbatim: $0))" } ?? ""
        let new = newColumns(of: object, in: table)
        return [
            probe(
                "conflicts", counting: "pairs of rows of \(table.dottedPath) that conflict",
                of: table,
                """
                WITH keyed AS MATERIALIZED (SELECT row_number() OVER () AS number, \
                \(values.joined(", ")) FROM \(rows(of: table, with: new))\(filter)) \
                SELECT count(*) FROM keyed AS one JOIN keyed AS other \
                ON one.number < other.number AND \(matches.joined(" AND "))
                """, .fails, reads: grounds(of: new))
        ]
    }
}
