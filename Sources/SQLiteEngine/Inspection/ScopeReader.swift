// Owns the reading of what the schema does not tell: managed rows, and what statements made. Both
// are read the same way from a target and from what was built in memory.

internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// How one object is read.
enum SQLiteRead: Codable {
    /// A row; of its values only those of the key are looked for.
    case row(DataDefinition, FormerRowNames = FormerRowNames())
    /// What a statement made.
    case statement(StatementDefinition)

    /// How an object is read, if the schema does not tell of it.
    ///
    /// - Parameter renames: what manifests say of former names.
    init?(_ object: SQLiteObject, _ renames: [RequestedRename] = []) {
        switch object.definition {
        case .data(let row): self = .row(row, FormerRowNames(of: .table(row.table), in: renames))
        case .statement(let statement): self = .statement(statement)
        case .table, .column, .constraint, .index, .view, .trigger: return nil
        }
    }

    /// As a scope carries it.
    func scoped(_ object: ObjectID) -> ScopeRead {
        ScopeRead(object: object, reading: self)
    }

    /// What a scope carries.
    static func reads(_ scope: Scope) throws -> [SQLiteRead] {
        try scope.reads.map { try $0.reading(as: SQLiteRead.self) }
    }
}

/// Reads objects of which the schema says nothing.
struct ScopeReader {
    /// Rows that are looked for by one query.
    static let rowsPerQuery = 100

    private let connection: SQLiteConnection
    /// The columns of tables, folded to spelled, by folded names of tables.
    private let columns: [String: [String: String]]
    private let tables: [String: String]

    init(_ connection: SQLiteConnection, _ rows: SchemaRows) {
        self.connection = connection
        columns = rows.columns.mapValues { list in
            Dictionary(list.map { ($0.name.asciiFolded, $0.name) }, uniquingKeysWith: { $1 })
        }
        tables = Dictionary(
            rows.entries.lazy.filter { $0.type == "table" }.map { ($0.name.asciiFolded, $0.name) },
            uniquingKeysWith: { $1 })
    }

    /// The objects that are there, in no order. Nothing that an author wrote can change anything.
    func objects(_ reads: [SQLiteRead]) async throws(SQLiteError) -> [SQLiteObject] {
        guard !reads.isEmpty else { return [] }
        try await connection.query("PRAGMA query_only = 1")
        do throws(SQLiteError) {
            var found = try await rows(reads)
            for case .statement(let statement) in reads {
                found += try await object(of: statement).map { [$0] } ?? []
            }
            try await connection.query("PRAGMA query_only = 0", ignoresCancellation: true)
            return found
        } catch {
            _ = try? await connection.query("PRAGMA query_only = 0", ignoresCancellation: true)
            throw error
        }
    }

    // MARK: - Statements

    /// Nil for what is not there: a query without a row, or one that cannot even be asked.
    private func object(
        of statement: StatementDefinition
    ) async throws(SQLiteError) -> SQLiteObject? {
        let query = statement.identity.text
        guard (try? await connection.check(query)) != nil else { return nil }
        let answer = try await connection.query(query).map { row in
            row.values.map(DataDefinition.Value.init)
        }
        guard !answer.isEmpty else { return nil }
        var definition = statement
        definition.answer = answer
        return SQLiteObject(.statement(statement.name), .statement(definition))
    }

    // MARK: - Rows

    /// What rows have in common that are read together.
    fileprivate struct Shape: Hashable {
        var table: String
        var key: [String]
        var columns: [String]
        /// Whether the table goes by a former name.
        var isFormer: Bool
    }

    /// Of two ways to read one row that of the later name comes last, and counts.
    private func rows(_ reads: [SQLiteRead]) async throws(SQLiteError) -> [SQLiteObject] {
        var wanted: [Shape: [[SQLiteValue]]] = [:]
        for case .row(let row, let former) in reads {
            guard let shape = shape(of: row, former) else { continue }
            wanted[shape, default: []].append(row.keyValues.map(\.stored))
        }
        var found: [SQLiteObject] = []
        for (shape, keys) in wanted.sorted(by: { $0.key.order < $1.key.order }) {
            for start in stride(from: 0, to: keys.count, by: Self.rowsPerQuery) {
                let part = keys[start..<min(start + Self.rowsPerQuery, keys.count)]
                found += try await rows(shape, Array(part))
            }
        }
        return found
    }

    /// The names as the table spells them; nil where the table or the key is not there. A row
    /// that lacks another column is there, and differs.
    private func shape(of row: DataDefinition, _ former: FormerRowNames) -> Shape? {
        let own = row.table.asciiFolded
        let isOwn = tables[own] != nil
        guard
            let folded = isOwn
                ? own : former.tables.lazy.map(\.name).first(where: { tables[$0] != nil }),
            let table = tables[folded], let names = columns[folded]
        else { return nil }
        func spelled(_ name: String) -> String? {
            let name = name.asciiFolded
            return ([name] + (former.columns[name] ?? [])).lazy.compactMap { names[$0] }.first
        }
        let key = row.key.compactMap(spelled)
        guard key.count == row.key.count else { return nil }
        let columns = row.columns.compactMap(spelled).sorted {
            $0.asciiFolded.precedesByBytes($1.asciiFolded)
        }
        return Shape(table: table, key: key, columns: columns, isFormer: !isOwn)
    }

    private func rows(
        _ shape: Shape, _ keys: [[SQLiteValue]]
    ) async throws(SQLiteError) -> [SQLiteObject] {
        // A value by itself has no type, so the column's decides how the two compare.
        let names = shape.key.indices.map { "k\($0)" }
        let values = keys.indices.map { row in
            let parameters = names.indices.map { "?\(row * names.count + $0 + 1)" }
            return "(\(parameters.joined(separator: ", ")))"
        }
        let conditions = zip(shape.key, names).map { column, name in
            "\"lockstep row\".\(quoted(column)) IS \"lockstep keys\".\(name)"
        }
        let columns = shape.columns.map { "\"lockstep row\".\(quoted($0))" }
        let query = """
            WITH "lockstep keys"(\(names.joined(separator: ", "))) AS \
            (VALUES \(values.joined(separator: ", "))) \
            SELECT \(columns.joined(separator: ", ")) FROM "lockstep keys" \
            JOIN main.\(quoted(shape.table)) AS "lockstep row" \
            ON \(conditions.joined(separator: " AND "))
            """
        return try await connection.query(query, keys.flatMap { $0 }).map { row in
            let definition = DataDefinition(
                table: shape.table, key: shape.key, columns: shape.columns,
                values: row.values.map(DataDefinition.Value.init))
            return SQLiteObject(
                definition.id, .data(definition),
                dependencies: Set(shape.columns.map { .column(shape.table, $0) })
                    .union([.table(shape.table)]))
        }
    }

    private func quoted(_ name: String) -> String { SQLDialect.sqlite.quoted(name: name) }
}

extension ScopeReader.Shape {
    fileprivate var order: String {
        ([isFormer ? "1" : "0", table] + key + ["\n"] + columns).joined(separator: "\n")
    }
}

extension DataDefinition.Value {
    /// What SQLite stores.
    init(_ stored: SQLiteValue) {
        switch stored {
        case .null: self = .null
        case .integer(let number): self = .integer(number)
        case .real(let number): self = .real("\(number)")
        case .text(let text): self = .text(text)
        case .blob(let bytes):
            let digits = bytes.map { byte in
                let text = String(byte, radix: 16, uppercase: true)
                return text.count == 1 ? "0" + text : text
            }
            self = .blob(digits.joined())
        }
    }

    /// What SQLite is given.
    var stored: SQLiteValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .real(let text): Double(text).map { .real($0) } ?? .text(text)
        case .text(let text): .text(text)
        case .blob(let digits):
            .blob(
                stride(from: 0, to: digits.utf8.count, by: 2).compactMap { place in
                    UInt8(digits.dropFirst(place).prefix(2), radix: 16)
                })
        }
    }
}
