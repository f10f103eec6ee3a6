// Owns how rows are read: their values as texts, in a form that equal values share. Invariant: the
// column decides what a value is; Lockstep never does.

import Planning
import PostgreSQLClient
import SchemaCore

/// What rows have in common that are read together.
struct RowShape: Hashable {
    /// The table as it is called now.
    var table: ObjectID
    var key: [String]
    var columns: [String]
    /// Whether the table goes by a former name.
    var isFormer = false

    /// What comes later counts.
    var order: String {
        ([isFormer ? "0" : "1"] + table.path + key + ["\n"] + columns).joined(separator: "\n")
    }
}

extension RowShape {
    /// The names as the table has them; nil where the table or the key is not there. A row that
    /// lacks another column is there, and differs.
    init?(
        of row: DataDefinition, in table: ObjectID, _ former: FormerRowNames,
        _ tables: [ObjectID: RowTable]
    ) {
        guard let name = ([table] + former.tables).first(where: { tables[$0] != nil }),
            let own = tables[name]
        else { return nil }
        let current = former.current { own.columns[$0] != nil }
        func found(_ column: String) -> String? {
            current(column).flatMap { own.columns[$0] == nil ? nil : $0 }
        }
        let key = row.key.compactMap(found)
        guard key.count == row.key.count else { return nil }
        self.init(
            table: name, key: key,
            columns: row.columns.compactMap(found).sorted { $0.precedesByBytes($1) },
            isFormer: name != table)
    }
}

/// What is known of a table whose rows are read.
struct RowTable: Sendable {
    struct Column: Sendable {
        /// The type beneath domains, without a length.
        var type: VerbatimSQL
        /// The catalog's name of it, if it is the server's own.
        var ownType: String?
        /// The schema of the operator by which its values are equal, if it is not the server's.
        var operatorSchema: String?
    }

    let columns: [String: Column]

    /// Reads those of some tables that are there.
    static func read(
        _ ids: Set<ObjectID>, from connection: PostgreSQLConnection
    ) async throws -> [ObjectID: RowTable] {
        let names = try CanonicalJSON.data(ids.sorted().map(\.path))
        let rows = try await connection.query(query, [String(decoding: names, as: UTF8.self)])
        var columns: [ObjectID: [String: Column]] = [:]
        for row in rows {
            columns[.table(try row.text(0), try row.text(1)), default: [:]][try row.text(2)] =
                Column(
                    type: VerbatimSQL(try row.text(3)), ownType: row[4], operatorSchema: row[5])
        }
        return columns.mapValues(RowTable.init)
    }

    /// `$1` has a list of schema and name for each table, as JSON.
    private static let query = """
        WITH RECURSIVE beneath (domain, type) AS (
            SELECT oid, typbasetype FROM pg_type WHERE typtype = 'd'
            UNION ALL
            SELECT b.domain, t.typbasetype FROM beneath b
            JOIN pg_type t ON t.oid = b.type AND t.typtype = 'd'
        )
        SELECT n.nspname, c.relname, a.attname, format_type(t.oid, -1),
            CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname END,
            (SELECT nullif(s.nspname, 'pg_catalog') FROM pg_opclass p
                JOIN pg_amop m ON m.amopfamily = p.opcfamily AND m.amopstrategy = 3
                    AND m.amoplefttype = p.opcintype AND m.amoprighttype = p.opcintype
                JOIN pg_operator o ON o.oid = m.amopopr
                JOIN pg_namespace s ON s.oid = o.oprnamespace
                WHERE p.opcintype = t.oid AND p.opcdefault AND o.oprname = '='
                    AND p.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree'))
        FROM jsonb_array_elements($1::jsonb) AS wanted (path)
        JOIN pg_namespace n ON n.nspname = wanted.path->>0
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.path->>1
            AND c.relkind IN ('r', 'p')
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN beneath b ON b.domain = a.atttypid
            AND b.type NOT IN (SELECT oid FROM pg_type WHERE typtype = 'd')
        JOIN pg_type t ON t.oid = coalesce(b.type, a.atttypid)
        """

    /// A value of a manifest as one of a column.
    func cast(_ value: RowValue, to column: String) -> SQL {
        guard let own = columns[column] else { return value.literal }
        return "CAST(\(value.literal) AS \(verbatim: own.type))"
    }

    /// The operator by which two values of a column are equal.
    func equals(_ column: String) -> SQL {
        DataDefinition.equals(columns[column]?.operatorSchema)
    }

    /// Two texts for each column: in a form that equal values share, and as it is written.
    func expressions(_ names: [String], of alias: String) -> SQL {
        names.flatMap { name -> [SQL] in
            let value: SQL = "\(name: alias).\(name: name)"
            let text: SQL = "\(value)::pg_catalog.text"
            switch columns[name]?.ownType {
            // 1 and 1.0 are one number.
            case "numeric": return ["pg_catalog.trim_scale(\(value))::pg_catalog.text", text]
            // Spaces and the order of keys mean nothing; what jsonb cannot hold stays as it is.
            case "json":
                return [
                    """
                    CASE WHEN pg_catalog.strpos(\(text), '\\u0000') > 0 THEN \(text) \
                    ELSE \(value)::pg_catalog.jsonb::pg_catalog.text END
                    """, text,
                ]
            default: return [text, text]
            }
        }.joined(", ")
    }

    /// What was read by `expressions`.
    func definition(_ row: Row, _ shape: RowShape) -> DataDefinition {
        let places = Array(shape.columns.indices)
        return DataDefinition(
            key: shape.key, columns: shape.columns,
            values: places.map { place in row[2 * place].map { .text($0) } ?? .null },
            written: places.map { row[2 * $0 + 1] },
            operators: shape.key.map { columns[$0]?.operatorSchema })
    }

    /// The same as an object.
    func object(_ row: Row, _ shape: RowShape) -> PostgreSQLObject {
        definition(row, shape).object(in: shape.table)
    }
}

extension DataDefinition {
    /// `=`, in the schema where it is.
    static func equals(_ schema: String?) -> SQL {
        schema.map { "OPERATOR(\(name: $0).=)" } ?? "="
    }

    /// As an object of a table.
    func object(in table: ObjectID, span: SourceSpan? = nil) -> PostgreSQLObject {
        let needs = columns.map { ObjectID.column(table.path[0], table.name, $0) } + [table]
        return PostgreSQLObject(
            id(in: table), .plain(.data(self)), dependencies: Set(needs), span: span)
    }
}
