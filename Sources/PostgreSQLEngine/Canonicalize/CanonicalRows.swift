// Owns how declared rows become the rows that the server makes of them: values take the types of
// their columns. Invariant: only types and the key are asked; what else a row needs is other
// people's, and the target's to check.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Stores declared rows in bare copies of their tables and reads them back.
struct CanonicalRows {
    private let rows: [PostgreSQLObject]
    private let catalog: Catalog<PostgreSQLObject>
    private let database: ScratchDatabase

    /// - Parameter catalog: the tables as the server prints them.
    init(
        _ desired: [PostgreSQLObject], of catalog: Catalog<PostgreSQLObject>,
        in database: ScratchDatabase
    ) {
        rows = desired.filter { $0.id.kind == .data }
        self.catalog = catalog
        self.database = database
    }

    /// The rows as they are read back.
    ///
    /// - Throws: `DiagnosticsError` with the place of every row that the server refused.
    func objects() async throws -> [PostgreSQLObject] {
        if rows.isEmpty { return [] }
        var shapes: [RowShape: [(object: PostgreSQLObject, row: DataDefinition)]] = [:]
        for object in rows {
            guard case .plain(.data(let row)) = object.definition else { continue }
            let shape = RowShape(
                table: object.id.tableOfRow, key: row.key, columns: row.columns)
            shapes[shape, default: []].append((object, row))
        }
        let impossible = rows.compactMap(impossibility)
        guard impossible.isEmpty else { throw DiagnosticsError(impossible) }
        let sorted = shapes.sorted { $0.key.order < $1.key.order }
        let (found, problems) = try await database.connection.transaction { connection in
            try await connection.pinSettings(isLocal: true)
            let tables = try await RowTable.read(
                Set(sorted.map(\.key.table)), from: connection)
            var found: [PostgreSQLObject] = []
            var problems: [Diagnostic] = []
            for (shape, rows) in sorted {
                guard let table = tables[shape.table] else { continue }
                let read = try await self.read(rows, shape, table, connection)
                found += read.objects
                problems += read.problems
            }
            return (found, problems)
        }
        let all = problems + Self.doubles(found)
        guard all.isEmpty else { throw DiagnosticsError(all) }
        return found
    }

    private typealias Declared = (object: PostgreSQLObject, row: DataDefinition)

    private func read(
        _ rows: [Declared], _ shape: RowShape, _ table: RowTable,
        _ connection: PostgreSQLConnection
    ) async throws -> (objects: [PostgreSQLObject], problems: [Diagnostic]) {
        let names = shape.columns.map { "\(name: $0)" as SQL }.joined(", ")
        let copy: SQL = """
            CREATE TEMP TABLE lockstep_rows AS SELECT 0 AS lockstep_place, \(names) \
            FROM \(name: shape.table.path) WITH NO DATA
            """
        if case .failure(let error) = try await connection.attempt(copy.text(.postgreSQL)) {
            return ([], [Self.refusal(rows[0].object, error)])
        }
        let values = rows.enumerated().map { place, item -> SQL in
            "(\(place), \(item.row.values.map(\.literal).joined(", ")))"
        }
        let into: SQL = "INSERT INTO pg_temp.lockstep_rows (lockstep_place, \(names)) VALUES "
        var problems: [Diagnostic] = []
        let whole = into + values.joined(", ")
        if case .failure = try await connection.attempt(whole.text(.postgreSQL)) {
            for (item, value) in zip(rows, values) {
                let answer = try await connection.attempt((into + value).text(.postgreSQL))
                if case .failure(let error) = answer {
                    problems.append(Self.refusal(item.object, error))
                }
            }
        }
        let query: SQL = """
            SELECT \(table.expressions(shape.columns, of: "lockstep_rows")), lockstep_place \
            FROM pg_temp.lockstep_rows ORDER BY lockstep_place
            """
        let found = try await connection.query(query.text(.postgreSQL))
        try await connection.query("DROP TABLE pg_temp.lockstep_rows")
        let objects = try found.map { row in
            let place = try row.int(2 * shape.columns.count)
            return table.definition(row, shape).object(
                in: shape.table, span: rows[place].object.span)
        }
        return (objects, problems)
    }

    // MARK: - What cannot be

    /// What no row of the table can have, as far as the table says.
    private func impossibility(_ object: PostgreSQLObject) -> Diagnostic? {
        guard case .plain(.data(let row)) = object.definition else { return nil }
        let table = object.id.tableOfRow
        for (name, value) in zip(row.columns, row.values) {
            guard
                case .column(let column)? = catalog[.column(table.path[0], table.name, name)]?
                    .definition
            else { continue }
            if column.generated != nil {
                return .error(
                    "generated-column", "\(table).\(name) has its values by an expression",
                    at: object.span, help: "leave it out of the rows")
            }
            if column.isNotNull, value == .null {
                return .error(
                    "null-value", "\(table).\(name) cannot be NULL", at: object.span,
                    help: "give it a value, or leave it out so that it gets its default")
            }
        }
        return nil
    }

    private static func refusal(
        _ object: PostgreSQLObject, _ error: PostgreSQLError
    ) -> Diagnostic {
        .error(
            "refused", "\(object.id): \(error.message)", at: object.span,
            help: error.hint ?? "give values that the types of the columns take")
    }

    /// Two spellings of one key.
    private static func doubles(_ rows: [PostgreSQLObject]) -> [Diagnostic] {
        var seen: Set<ObjectID> = []
        return rows.filter { !seen.insert($0.id).inserted }.map {
            .error(
                "duplicate-object", "\($0.id) is declared twice", at: $0.span,
                help: "remove one of the two: their keys are spelled differently and are the same")
        }
    }
}
