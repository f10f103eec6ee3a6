// Owns how declared rows become the rows that SQLite makes of them: values take the types of their
// columns. Invariant: only types, collations and the key are asked; what else a row needs is other
// people's, and the target's to check.

internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// Stores declared rows in bare copies of their tables and reads them back.
struct CanonicalRows {
    /// A row that SQLite did not take.
    struct Refusal {
        var row: SQLiteObject
        var error: SQLiteError
    }

    /// The rows as they are read back.
    private(set) var objects: [SQLiteObject] = []
    /// What was not taken.
    private(set) var refusals: [Refusal] = []

    /// Takes the rows among desired objects.
    ///
    /// - Parameter tables: the tables as SQLite reads them.
    static func read(
        _ desired: [SQLiteObject], tables: Catalog<SQLiteObject>
    ) async throws -> CanonicalRows {
        let rows = desired.filter { $0.id.kind == .data }
        guard !rows.isEmpty else { return CanonicalRows() }
        let copy = try await SQLiteConnection.open(.memory)
        do {
            var canonical = CanonicalRows()
            try await copy.standInForUnknownCollations()
            try await canonical.copy(rows, tables, into: copy)
            try await canonical.store(rows, in: copy)
            canonical.objects = try await ScopeReader(copy, try await SchemaRows.read(copy))
                .objects(rows.compactMap { SQLiteRead($0) })
            await copy.close()
            return canonical
        } catch {
            await copy.close()
            throw error
        }
    }

    /// Makes tables of columns with nothing but their types and collations, and the key.
    private func copy(
        _ rows: [SQLiteObject], _ tables: Catalog<SQLiteObject>, into copy: SQLiteConnection
    ) async throws(SQLiteError) {
        var keys: [ObjectID: [String]] = [:]
        for row in rows {
            if case .data(let data) = row.definition { keys[.table(data.table)] = data.key }
        }
        for (id, parts) in TableParts.all(in: tables.sorted) {
            guard let key = keys[id] else { continue }
            var bare = parts
            bare.definition.isWithoutRowID = false
            // A generated column cannot be given, so it is not there.
            bare.columns = parts.columns.filter { $0.generated == nil }.map {
                ColumnDefinition(name: $0.name, type: $0.type, collation: $0.collation)
            }
            bare.constraints = [
                ConstraintDefinition(rule: .unique(.init(columns: key.map { .init($0) })))
            ]
            try await copy.query(bare.create().text(.sqlite))
        }
    }

    private mutating func store(
        _ rows: [SQLiteObject], in copy: SQLiteConnection
    ) async throws(SQLiteError) {
        for row in rows {
            guard case .data(let data) = row.definition else { continue }
            let columns = data.columns.map { "\(name: $0)" as SQL }.joined(", ")
            let values = data.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", ")
            let into = ("INSERT INTO \(name: data.table) (\(columns))" as SQL).text(.sqlite)
            do throws(SQLiteError) {
                try await copy.query("\(into) VALUES (\(values))", data.values.map(\.stored))
            } catch {
                refusals.append(Refusal(row: row, error: error))
            }
        }
    }
}
