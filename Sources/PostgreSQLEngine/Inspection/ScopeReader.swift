// Owns the reading of what the catalog of a database does not tell: managed rows, what statements
// made, and roles. The first two are read the same way from a target and from what was built in
// scratch.

import Planning
import PostgreSQLClient
import SchemaCore

/// How one object is read.
enum PostgreSQLRead: Codable {
    /// A row of a table; of its values only those of the key are looked for.
    case row(table: ObjectID, DataDefinition, FormerRowNames)
    /// What a statement made.
    case statement(ObjectID, StatementDefinition)
    /// The roles of these names: that of a manifest, and what it was called before.
    case roles([String])
    /// All roles that are not the server's own, for `import`.
    case allRoles

    /// How an object is read, if the catalog does not tell of it.
    ///
    /// - Parameter renames: what manifests say of former names.
    init?(_ object: PostgreSQLObject, _ renames: [RequestedRename] = []) {
        switch object.definition {
        case .plain(.data(let row)):
            let table = object.id.tableOfRow
            self = .row(table: table, row, FormerRowNames(of: table, in: renames))
        case .plain(.statement(let statement)): self = .statement(object.id, statement)
        case .plain(.role):
            let former = renames.filter { $0.to == object.id }.flatMap(\.candidates)
            self = .roles([object.id.name] + former.map(\.name))
        case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .enum,
            .sequence, .view, .function, .comment, .plain:
            return nil
        }
    }

    /// As a scope carries it.
    func scoped(_ object: ObjectID) -> ScopeRead {
        ScopeRead(object: object, reading: self, isOfServer: object.kind == .role)
    }

    /// What a scope carries.
    static func reads(_ scope: Scope) throws -> [PostgreSQLRead] {
        try scope.reads.map { try $0.reading(as: PostgreSQLRead.self) }
    }
}

/// Reads objects of which the catalog says nothing, in the transaction that is open. Nothing that
/// an author wrote can be more than a query.
struct ScopeReader {
    /// Rows that are looked for by one query.
    static let rowsPerQuery = 1_000

    let connection: PostgreSQLConnection

    /// The objects that are there, in no order. Of two ways to read one row that of the later name
    /// comes last, and counts.
    func objects(_ reads: [PostgreSQLRead]) async throws -> [PostgreSQLObject] {
        var found = try await roles(ScopedRoles(reads))
        var rows: [(table: ObjectID, row: DataDefinition, former: FormerRowNames)] = []
        for read in reads {
            switch read {
            case .row(let table, let row, let former): rows.append((table, row, former))
            case .statement(let id, let statement):
                if case .success(let object?) = try await object(id, statement) {
                    found.append(object)
                }
            case .roles, .allRoles: break
            }
        }
        if rows.isEmpty { return found }
        let tables = try await RowTable.read(
            Set(rows.flatMap { [$0.table] + $0.former.tables }), from: connection)
        var wanted: [RowShape: [[RowValue]]] = [:]
        for (table, row, former) in rows {
            guard let shape = RowShape(of: row, in: table, former, tables) else { continue }
            wanted[shape, default: []].append(row.keyValues)
        }
        for (shape, keys) in wanted.sorted(by: { $0.key.order < $1.key.order }) {
            guard let table = tables[shape.table] else { continue }
            for start in stride(from: 0, to: keys.count, by: Self.rowsPerQuery) {
                let part = Array(keys[start..<min(start + Self.rowsPerQuery, keys.count)])
                found += try await self.rows(shape, table, part)
            }
        }
        return found
    }

    // MARK: - Rows

    /// The rows with these keys. A key that is no value of its column finds none: a column that is
    /// yet to get another type.
    private func rows(
        _ shape: RowShape, _ table: RowTable, _ keys: [[RowValue]]
    ) async throws -> [PostgreSQLObject] {
        let names = shape.key.indices.map { SQL(stringLiteral: "k\($0)") }
        let values = keys.map { key in
            let list = zip(shape.key, key).map { name, value in table.cast(value, to: name) }
            return "(\(list.joined(", ")))" as SQL
        }
        let conditions = zip(shape.key, names).map { name, key in
            "lockstep_row.\(name: name) \(table.equals(name)) lockstep_keys.\(key)" as SQL
        }
        let query: SQL = """
            SELECT \(table.expressions(shape.columns, of: "lockstep_row")) \
            FROM (VALUES \(values.joined(", "))) AS lockstep_keys (\(names.joined(", "))) \
            JOIN \(name: shape.table.path) AS lockstep_row ON \(conditions.joined(" AND "))
            """
        switch try await connection.attempt(query.text(.postgreSQL)) {
        case .success(let found): return found.map { table.object($0, shape) }
        case .failure(let error):
            guard error.isOfValues else { throw error }
            if keys.count == 1 { return [] }
            let half = keys.count / 2
            let first = try await rows(shape, table, Array(keys[..<half]))
            return first + (try await rows(shape, table, Array(keys[half...])))
        }
    }
}

extension PostgreSQLConnection {
    /// Runs a statement that may fail without the end of the transaction that is open.
    ///
    /// - Throws: what is no server's answer.
    func attempt(_ sql: String) async throws -> Result<Rows, PostgreSQLError> {
        try await execute("SAVEPOINT lockstep_attempt")
        do {
            let rows = try await query(sql)
            try await execute("RELEASE SAVEPOINT lockstep_attempt")
            return .success(rows)
        } catch {
            guard error.kind == .server, !error.isConnectionLost else { throw error }
            try await execute(
                "ROLLBACK TO SAVEPOINT lockstep_attempt; RELEASE SAVEPOINT lockstep_attempt",
                ignoresCancellation: true)
            return .failure(error)
        }
    }
}

extension PostgreSQLError {
    /// Whether a value is none of the type that is asked for.
    fileprivate var isOfValues: Bool {
        guard let state = sqlstate?.rawValue else { return false }
        return state.hasPrefix("22") || state.hasPrefix("23") || state == "42846"
    }
}
