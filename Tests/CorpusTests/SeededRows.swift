// Owns the proof that rows stay: a sum over every column of every table that has rows.

import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport

struct SeededRows {
    struct Table {
        var count: Int
        /// A sum over a column's values as text, whatever their order.
        var columns: [String: String] = [:]
    }

    var tables: [ObjectID: Table] = [:]

    /// Reads all tables with rows.
    static func read(_ database: TestDatabase) async throws -> SeededRows {
        let connection = try await database.connect()
        let names = try await connection.query(
            """
            select n.nspname, c.relname, a.attname from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join pg_type t on t.oid = a.atttypid
            left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
            where c.relkind = 'r' and coalesce(e.typtype, t.typtype) <> 'c'
                and n.nspname not in ('lockstep', 'information_schema')
                and n.nspname !~ '^pg_' order by 1, 2, a.attnum
            """)
        var columns: [ObjectID: [String]] = [:]
        for row in names {
            let table = ObjectID(.init(rawValue: "table"), [try row.text(0), try row.text(1)])
            columns[table, default: []].append(try row.text(2))
        }
        var out = SeededRows()
        for (table, names) in columns {
            let sums = names.map { name in
                let column = quoted(name)
                return "coalesce(sum(hashtextextended(\(column)::text, 0)), 0)::text"
            }
            let row = try await connection.query(
                "select count(*), \(sums.joined(separator: ", ")) from "
                    + table.path.map(quoted).joined(separator: "."))[0]
            let count = try row.int(0)
            guard count > 0 else { continue }
            out.tables[table] = Table(
                count: count,
                columns: Dictionary(
                    uniqueKeysWithValues: try names.enumerated().map {
                        ($0.element, try row.text($0.offset + 1))
                    }))
        }
        await connection.close()
        return out
    }

    /// What is not as it has to be after a plan: tables and columns of the same type that are
    /// there before and after it have to hold the same.
    func differences(
        to after: SeededRows, _ request: PlanningRequest<PostgreSQLObject>
    ) -> [String] {
        let renames = request.settlement.renames
        let isRelabelled = renames.contains { $0.from.kind.rawValue == "label" }
        // What managed rows become is what the second plan looks at.
        let managed = Set(
            request.changes.filter { $0.id.kind.rawValue == "data" }.map {
                ObjectID(.init(rawValue: "table"), Array($0.id.path.prefix(2)))
            })
        var out: [String] = []
        for (table, held) in tables.sorted(by: { $0.key < $1.key }) {
            let now = Self.renamed(table, by: renames)
            guard request.desired[now] != nil, !managed.contains(now) else { continue }
            guard let holds = after.tables[now], holds.count == held.count else {
                out.append("\(now) had \(held.count) rows, has \(after.tables[now]?.count ?? 0)")
                continue
            }
            for (name, sum) in held.columns where !isRelabelled {
                let old = ObjectID(.init(rawValue: "column"), table.path + [name])
                let new = Self.renamed(old, by: renames)
                guard case .column(let from)? = request.live[old]?.definition,
                    case .column(let to)? = request.desired[new]?.definition,
                    from.type == to.type, to.generated == nil, from.generated == nil
                else { continue }
                if holds.columns[new.name] != sum { out.append("\(new) holds other values") }
            }
        }
        return out
    }

    private static func renamed(_ id: ObjectID, by renames: [Rename]) -> ObjectID {
        renames.reduce(id) { id, rename in
            if id == rename.from { return rename.to }
            guard id.kind.rawValue == "column", rename.from.kind.rawValue == "table",
                id.path.starts(with: rename.from.path)
            else { return id }
            return ObjectID(id.kind, rename.to.path + [id.name])
        }
    }

    private static func quoted(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }
}

extension TestDatabase {
    /// Whether the server has these extensions at hand.
    func offers(_ extensions: [String]) async throws -> Bool {
        if extensions.isEmpty { return true }
        let connection = try await connect()
        let rows = try await connection.query("select name from pg_available_extensions")
        await connection.close()
        return try Set(extensions).isSubset(of: rows.map { try $0.text(0) })
    }
}
