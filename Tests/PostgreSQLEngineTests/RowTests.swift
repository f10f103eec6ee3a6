import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Time budget: 10 s.
@Suite("Managed rows of PostgreSQL")
struct RowTests {
    private let table = ObjectID.table("app", "t")

    private func row(_ id: RowValue, _ name: RowValue = .text("n")) -> PostgreSQLObject {
        DataDefinition(key: ["id"], columns: ["id", "name"], values: [id, name]).object(in: table)
    }

    private func scope(_ rows: [PostgreSQLObject]) -> Scope {
        Scope(schemas: ["app"], reads: rows.compactMap { PostgreSQLRead($0)?.scoped($0.id) })
    }

    private func read(
        _ rows: [PostgreSQLObject], _ connection: PostgreSQLConnection
    ) async throws -> [DataDefinition] {
        try await PostgreSQLInspector.inspect(connection, scope: scope(rows), detail: .definitions)
            .catalog.sorted.compactMap { object in
                guard case .plain(.data(let row)) = object.definition else { return nil }
                return row
            }
    }

    @Test("a key that is no value of its column finds no row, and hides none")
    func impossibleKeys() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                create schema app; create table app.t (id int primary key, name text);
                insert into app.t select g, 'row ' || g from generate_series(1, 20) g
                """)
            let wanted =
                (1...20).map { row(.integer(Int64($0))) } + [
                    row(.text("many")), row(.text("99999999999")),
                ]
            let found = try await read(wanted, connection)
            #expect(Set(found.map { $0.keyValues[0] }) == Set((1...20).map { .text("\($0)") }))
            #expect(
                found.allSatisfy {
                    $0.written == [
                        $0.keyValues[0].shown,
                        "row "
                            + $0.keyValues[0].shown,
                    ]
                })
            await connection.close()
        }
    }

    @Test("rows that row security hides are an error, and never fewer rows")
    func rowSecurity() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                create schema app; create table app.t (id int primary key, name text);
                insert into app.t values (1, 'one');
                alter table app.t enable row level security;
                do $$ begin create role lockstep_row_reader; exception when others then end $$;
                grant usage on schema app to lockstep_row_reader;
                grant select on app.t to lockstep_row_reader;
                set row_security = off
                """)
            #expect(try await read([row(.integer(1))], connection).count == 1)
            try await connection.execute("set role lockstep_row_reader")
            await #expect(throws: PostgreSQLError.self) {
                try await read([row(.integer(1))], connection)
            }
            await connection.close()
        }
    }

    @Test("a row that takes what another gives up comes behind that one")
    func ways() {
        func way(_ id: String, _ old: String, _ new: String) -> RowWays.Way {
            func row(_ name: String) -> DataDefinition {
                DataDefinition(
                    key: ["id"], columns: ["id", "name"], values: [.text(id), .text(name)],
                    written: [id, name])
            }
            return (row(old), row(new))
        }
        let ways = [way("1", "a", "b"), way("2", "b", "c"), way("3", "c", "d")]
        func key(
            _ columns: [String], canWait: Bool = false, interim: [String: SQL] = [:]
        ) -> RowKey {
            RowKey(
                id: .constraint("app", "t", columns.joined()), columns: columns, canWait: canWait,
                interim: interim)
        }
        func order(_ ways: [RowWays.Way], _ keys: RowKey...) -> [String] {
            RowWays(ways, keys: keys).moves.map { move in
                switch move {
                case .update(let way): way.old.keyValues[0].shown
                case .aside(let way, let column, _): "\(column) of \(way.old.keyValues[0].shown)"
                }
            }
        }
        #expect(order(ways, key(["id"])) == ["1", "2", "3"])
        #expect(order(ways, key(["id"]), key(["name"])) == ["3", "2", "1"])
        let circle = [way("1", "a", "b"), way("2", "b", "c"), way("3", "c", "a")]
        #expect(
            order(circle, key(["name"], interim: ["name": "NULL"]))
                == ["name of 1", "3", "2", "1"])
        let waiting = RowWays(circle, keys: [key(["name"], canWait: true)])
        #expect(waiting.waiting == [.constraint("app", "t", "name")])
        #expect(waiting.moves.count == 3 && waiting.stuck.isEmpty)
        let stuck = RowWays(circle, keys: [key(["name"])]).stuck
        #expect(stuck.map { $0.row.keyValues[0].shown } == ["3"])
        #expect(stuck.map { $0.holder.keyValues[0].shown } == ["1"])
    }

    @Test("a chain may be as long as there are rows")
    func longChain() {
        let count = DataSpec.mostRows
        func row(_ id: Int, _ place: Int) -> DataDefinition {
            DataDefinition(
                key: ["id"], columns: ["id", "place"],
                values: [.text("\(id)"), .text("\(place)")], written: ["\(id)", "\(place)"])
        }
        let ways = (1...count).map { (old: row($0, $0), new: row($0, $0 + 1)) }
        let key = RowKey(id: .constraint("app", "t", "k"), columns: ["place"])
        let moves = RowWays(ways, keys: [key]).moves.compactMap { move -> String? in
            if case .update(let way) = move { way.old.keyValues[0].shown } else { nil }
        }
        #expect(moves == (1...count).reversed().map { "\($0)" })
    }

    @Test("a row is found by the name that its table and its columns still have")
    func formerNames() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                create schema app; create table app.old (code int primary key, name text);
                insert into app.old values (1, 'one')
                """)
            let span = SourceSpan(
                file: "t.yaml", start: .init(line: 1, column: 1), end: .init(line: 1, column: 1))
            let renames = [
                RequestedRename(candidates: [.table("app", "old")], to: table, span: span),
                RequestedRename(
                    candidates: [.column("app", "t", "code"), .column("app", "old", "code")],
                    to: .column("app", "t", "id"), span: span),
            ]
            let wanted = row(.integer(1))
            let scope = Scope(
                schemas: ["app"],
                reads: [wanted].compactMap { PostgreSQLRead($0, renames)?.scoped($0.id) })
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: scope, detail: .definitions
            ).catalog
            #expect(found[ObjectID(.data, "app", "old", "1")] != nil)
            await connection.close()
        }
    }
}
