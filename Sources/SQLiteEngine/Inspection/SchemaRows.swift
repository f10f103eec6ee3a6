// Owns what is asked of a database about its schema. Invariant: five queries, however many tables
// there are.

internal import SQLiteClient

/// What SQLite tells of a schema, by table where it belongs to one. Keys are folded names.
struct SchemaRows {
    /// A row of `sqlite_schema` with a text.
    struct Entry {
        var type: String
        var name: String
        var table: String
        var sql: String
        /// Whether it has pages of its own: a virtual table has none.
        var hasPages: Bool
    }
    /// A row of `pragma_table_list`.
    struct Table {
        var type: String
        var isWithoutRowID: Bool
        var isStrict: Bool
    }
    /// A row of `pragma_table_xinfo`.
    struct Column {
        var name: String
        var type: String
        var isNotNull: Bool
        var `default`: String?
        /// Its place in the primary key, from 1; 0 outside of it.
        var keyPlace: Int
        /// 0 for an ordinary one, 2 for a virtual and 3 for a stored generated one.
        var hidden: Int
    }
    /// `pragma_index_list` with the rows of `pragma_index_xinfo`.
    struct Index {
        var isUnique: Bool
        /// `c` for CREATE INDEX, `u` for a unique constraint, `pk` for a primary key.
        var origin: String
        var isPartial: Bool
        var keys: [Key] = []
    }
    /// A key of an index.
    struct Key: Hashable {
        /// Its number in the table; -1 for the rowid, -2 for an expression.
        var column: Int
        var isDescending: Bool
        var collation: String
    }
    /// `pragma_foreign_key_list`, the rows of one key together.
    struct ForeignKey: Hashable {
        var table: String
        var columns: [String] = []
        /// nil for the primary key.
        var referenced: [String?] = []
        var onUpdate: String
        var onDelete: String
    }

    private(set) var entries: [Entry] = []
    private(set) var tables: [String: Table] = [:]
    private(set) var columns: [String: [Column]] = [:]
    /// By table, then by the index's folded name.
    private(set) var indexes: [String: [String: Index]] = [:]
    /// In the order in which they are written.
    private(set) var foreignKeys: [String: [ForeignKey]] = [:]

    /// Reads all of it in one snapshot: in the open transaction, or in one of its own.
    static func read(_ connection: SQLiteConnection) async throws(SQLiteError) -> SchemaRows {
        let isOwn = await !connection.isInTransaction
        if isOwn { try await connection.begin(.deferred) }
        do throws(SQLiteError) {
            var rows = SchemaRows()
            try rows.add(entries: try await connection.query(Self.entriesQuery))
            try rows.add(tables: try await connection.query(Self.tablesQuery))
            try rows.add(columns: try await connection.query(Self.columnsQuery))
            try rows.add(indexes: try await connection.query(Self.indexesQuery))
            try rows.add(foreignKeys: try await connection.query(Self.foreignKeysQuery))
            if isOwn { await connection.rollback() }
            return rows
        } catch {
            if isOwn { await connection.rollback() }
            throw error
        }
    }

    private static let entriesQuery = """
        SELECT type, name, tbl_name, sql, rootpage <> 0 FROM main.sqlite_schema
        WHERE sql IS NOT NULL ORDER BY rowid
        """
    private static let tablesQuery = """
        SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main'
        """
    /// Tables with pages only: a module that is not here would fail the query.
    private static let ordinary = "main.sqlite_schema s WHERE s.type = 'table' AND s.rootpage <> 0"
    private static let columnsQuery = """
        SELECT s.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
        FROM (SELECT name FROM \(ordinary)) s, pragma_table_xinfo(s.name, 'main') x
        ORDER BY s.name, x.cid
        """
    private static let indexesQuery = """
        SELECT s.name, l.name, l."unique", l.origin, l.partial, x.cid, x."desc", x.coll
        FROM (SELECT name FROM \(ordinary)) s, pragma_index_list(s.name, 'main') l,
          pragma_index_xinfo(l.name, 'main') x
        WHERE x.key = 1 ORDER BY s.name, l.name, x.seqno
        """
    private static let foreignKeysQuery = """
        SELECT s.name, f.id, f."table", f."from", f."to", f.on_update, f.on_delete
        FROM (SELECT name FROM \(ordinary)) s, pragma_foreign_key_list(s.name, 'main') f
        ORDER BY s.name, f.id DESC, f.seq
        """

    private mutating func add(entries rows: SQLiteRows) throws(SQLiteError) {
        for row in rows {
            entries.append(
                Entry(
                    type: try row.text(0), name: try row.text(1), table: try row.text(2),
                    sql: try row.text(3), hasPages: try row.bool(4)))
        }
    }

    private mutating func add(tables rows: SQLiteRows) throws(SQLiteError) {
        for row in rows {
            tables[try row.text(0).asciiFolded] = Table(
                type: try row.text(1), isWithoutRowID: try row.bool(2), isStrict: try row.bool(3))
        }
    }

    private mutating func add(columns rows: SQLiteRows) throws(SQLiteError) {
        for row in rows {
            columns[try row.text(0).asciiFolded, default: []].append(
                Column(
                    name: try row.text(1), type: try row.text(2), isNotNull: try row.bool(3),
                    default: try row.optionalText(4), keyPlace: Int(try row.integer(5)),
                    hidden: Int(try row.integer(6))))
        }
    }

    private mutating func add(indexes rows: SQLiteRows) throws(SQLiteError) {
        for row in rows {
            let (table, name) = (try row.text(0).asciiFolded, try row.text(1).asciiFolded)
            let index = Index(
                isUnique: try row.bool(2), origin: try row.text(3), isPartial: try row.bool(4))
            let key = Key(
                column: Int(try row.integer(5)), isDescending: try row.bool(6),
                collation: (try row.optionalText(7) ?? "BINARY").asciiUppercased)
            indexes[table, default: [:]][name, default: index].keys.append(key)
        }
    }

    private mutating func add(foreignKeys rows: SQLiteRows) throws(SQLiteError) {
        var last: (table: String, id: Int64)?
        for row in rows {
            let (table, id) = (try row.text(0).asciiFolded, try row.integer(1))
            if last?.table != table || last?.id != id {
                foreignKeys[table, default: []].append(
                    ForeignKey(
                        table: try row.text(2), onUpdate: try row.text(5),
                        onDelete: try row.text(6)))
            }
            last = (table, id)
            let index = foreignKeys[table, default: []].count - 1
            foreignKeys[table]?[index].columns.append(try row.text(3))
            foreignKeys[table]?[index].referenced.append(try row.optionalText(4))
        }
    }
}
