import Manifest
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Rows and statements of SQLite's manifests")
struct RowTests {
    private let table = """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: Countries
        columns:
          Code: text
          name: { type: varchar(20), nullable: true }
          area: { type: real, nullable: true }
          raw: { nullable: true }
          note: { type: text, default: "'none'" }
        primaryKey: [Code]

        """

    private func data(_ rows: String, key: String = "[code]") -> String {
        table + """
            ---
            apiVersion: lockstep.dev/v1
            kind: Data
            table: countries
            key: \(key)
            rows:
            \(rows)
            """
    }

    private func withTarget<Value>(
        _ script: String, _ body: (SQLiteSession) async throws -> Value
    ) async throws -> Value {
        let session = try await SQLiteSession.connect(.memory)
        try await session.connection.runScript(script)
        let value = try await body(session)
        await session.close()
        return value
    }

    private let live = """
        CREATE TABLE Countries (Code TEXT NOT NULL PRIMARY KEY, name VARCHAR(20), area REAL, raw,
            note TEXT NOT NULL DEFAULT 'none');
        INSERT INTO Countries VALUES ('DE', 'Germany', 357000, 7, 'mine'),
            ('07', NULL, 1.5, x'00ff', 'a'), ('FR', 'France', 1, 2, 'theirs');
        """

    @Test("a row is as the table stores it, and other rows and columns are not looked at")
    func stored() async throws {
        let text = data(
            """
              - { code: DE, NAME: Germany, area: 357000, raw: 7 }
              - { code: '07', name: null, raw: { blob: 00fF } }
            """)
        let lowering = lowered(text)
        #expect(lowering.diagnostics.isEmpty)
        #expect(
            lowering.scope.reads.map(\.object.description) == [
                "data countries.\"'07'\"", "data countries.DE",
            ])
        try await withTarget(live) { session in
            let desired = try await SQLite().canonicalize(lowering.objects, for: session)
                .catalog
            let found = try await SQLite().inspect(session, scope: lowering.scope, detail: .full)
            expectEqual(found.catalog, desired)
            #expect(desired.ids.filter { $0.kind == .data }.count == 2)
            let row = desired[.data("countries", [.text("DE")])]
            let wanted = DataDefinition(
                table: "Countries", key: ["Code"], columns: ["area", "Code", "name", "raw"],
                values: [.real("357000.0"), .text("DE"), .text("Germany"), .integer(7)])
            #expect(row?.definition == .data(wanted))
            #expect(row?.parent == .table("countries"))
        }
    }

    @Test("a changed value is a difference, and a row that is gone as well")
    func differences() async throws {
        let lowering = lowered(
            data(
                """
                  - { code: DE, name: Deutschland }
                  - { code: FR, raw: 2 }
                  - { code: XX, name: New }
                """))
        try await withTarget(live) { session in
            let desired = try await SQLite().canonicalize(lowering.objects, for: session)
                .catalog
            func found() async throws -> Catalog<SQLiteObject> {
                try await SQLite().inspect(session, scope: lowering.scope, detail: .definitions)
                    .catalog
            }
            #expect(
                difference(from: try await found(), to: desired).map(\.id.description) == [
                    "data countries.DE", "data countries.XX",
                ])
            try await session.connection.query("DROP TABLE Countries")
            #expect(try await found().count == 0)
        }
    }

    @Test("many rows come by few queries")
    func many() async throws {
        let count = ScopeReader.rowsPerQuery * 2 + 1
        let rows = (0..<count).map { "  - { code: c\($0), raw: \($0) }" }.joined(separator: "\n")
        let lowering = lowered(data(rows))
        let insert = (0..<count).map { "('c\($0)', \($0))" }.joined(separator: ", ")
        let script =
            "CREATE TABLE countries(code TEXT PRIMARY KEY NOT NULL, name VARCHAR(20), area REAL, "
            + "raw, note TEXT NOT NULL DEFAULT 'none'); "
            + "INSERT INTO countries(code, raw) VALUES \(insert), ('other', 1)"
        try await withTarget(script) { session in
            let found = try await SQLite().inspect(session, scope: lowering.scope, detail: .full)
            #expect(found.catalog.ids.filter { $0.kind == .data }.count == count)
        }
    }

    @Test("what a column cannot hold is told at the row")
    func refused() async throws {
        let text = data("  - { code: DE, area: 1 }\n  - { code: FR, area: many }")
            .replacing("name: Countries", with: "name: Countries\nstrict: true")
            .replacing("varchar(20)", with: "text").replacing("raw: {", with: "raw: { type: any,")
        do {
            _ = try await Canonicalizer.canonicalize(
                lowered(text).objects, environment: SchemaRows())
            Issue.record("nothing was refused")
        } catch let error as DiagnosticsError {
            #expect(error.diagnostics.map { $0.span?.start.line } == [19])
            #expect(error.diagnostics.first?.message.contains("REAL") == true)
        }
    }

    @Test(
        "a number is read in any way in which one writes it",
        arguments: [
            ("1e+300", "1e+300"), ("1e300", "1e+300"), ("1E20", "1e+20"), ("0.0000001", "1e-07"),
            ("1e-07", "1e-07"), ("10000000000000000.0", "1e+16"), ("-0.25", "-0.25"),
            ("1.0", "1.0"), ("123.5e2", "12350.0"), ("0.0", "0.0"),
        ])
    func numbers(_ written: String, _ number: String) {
        let lowering = lowered(data("  - { code: DE, raw: \(written) }"))
        #expect(lowering.diagnostics.isEmpty)
        let values = lowering.objects.compactMap { object -> DataDefinition.Value? in
            guard case .data(let row) = object.definition else { return nil }
            return row.valuesByColumn["raw"]
        }
        #expect(values == [.real(number)])
    }

    @Test(
        "what numbers would not give back is refused, with a number of the same sort",
        arguments: [
            ("10.00", "10.0"), ("007", "7"), ("1.50", "1.5"), ("5.", "5.0"),
            ("0.12345678901234567890", "0.12345678901234568"),
        ])
    func ambiguous(_ written: String, _ number: String) {
        let found = lowered(data("  - { code: DE, raw: \(written) }")).diagnostics
        #expect(found.map(\.code) == ["ambiguous-number"])
        #expect(found.first?.help?.hasSuffix(" as \(number)") == true)
    }

    @Test("two rows that a table takes for one are refused")
    func same() async throws {
        let text = data("  - { raw: 1, note: a }\n  - { raw: '1', note: b }", key: "[raw]")
            .replacing("raw: { nullable", with: "raw: { type: integer, nullable")
            .replacing("primaryKey: [Code]", with: "primaryKey: [Code]\nunique: [[raw]]")
        await #expect(throws: DiagnosticsError.self) {
            try await Canonicalizer.canonicalize(
                lowered(text).objects, environment: SchemaRows())
        }
    }

    private func statement(_ identity: String) -> String {
        """
        apiVersion: lockstep.dev/v1
        kind: Statement
        name: Words
        create: CREATE VIRTUAL TABLE words USING fts5(text);
        drop: DROP TABLE words
        identity: "\(identity)"
        """
    }

    private let identity = "SELECT name, sql FROM sqlite_schema WHERE name = 'words'"

    @Test("a statement is what its query answers")
    func statements() async throws {
        let lowering = lowered(statement(identity))
        #expect(lowering.diagnostics.isEmpty)
        try await withTarget("") { session in
            let engine = SQLite()
            let desired = try await engine.canonicalize(lowering.objects, for: session)
                .catalog
            #expect(desired.ids == [.statement("words")])
            func found() async throws -> Catalog<SQLiteObject> {
                try await engine.inspect(session, scope: lowering.scope, detail: .full).catalog
            }
            #expect(try await found().count == 0)
            try await session.connection.query("CREATE VIRTUAL TABLE words USING fts5(text)")
            expectEqual(try await found(), desired)
            try await session.connection.query("DROP TABLE words")
            try await session.connection.query("CREATE VIRTUAL TABLE words USING fts5(body)")
            #expect(difference(from: try await found(), to: desired).count == 1)
        }
    }

    @Test("a query that would change something is refused, and changes nothing")
    func harmless() async throws {
        let lowering = lowered(statement("DELETE FROM t RETURNING a"))
        try await withTarget("CREATE TABLE t(a); INSERT INTO t VALUES (1)") { session in
            await #expect(throws: EngineError.self) {
                try await SQLite().inspect(session, scope: lowering.scope, detail: .full)
            }
            #expect(try await session.connection.query("SELECT a FROM t").count == 1)
            // Reading ends as it began.
            try await session.connection.query("DELETE FROM t")
        }
    }

    @Test(
        "a statement that makes nothing, or what has a kind, is refused",
        arguments: [
            ("SELECT 1 WHERE 0", "CREATE VIRTUAL TABLE words USING fts5(text);", "no-identity"),
            ("SELECT 1", "CREATE TABLE words(text);", "has-own-kind"),
        ])
    func empty(_ identity: String, _ create: String, _ code: String) async throws {
        let text = statement(identity)
            .replacing("CREATE VIRTUAL TABLE words USING fts5(text);", with: create)
        do {
            _ = try await Canonicalizer.canonicalize(
                lowered(text).objects, environment: SchemaRows())
            Issue.record("nothing was refused")
        } catch let error as DiagnosticsError {
            #expect(error.diagnostics.map(\.code) == [code])
        }
    }

    @Test("a scope without reads is coded as before, and the last read of an object counts")
    func scopes() throws {
        let plain = Scope(schemas: ["a"])
        #expect(
            String(decoding: try CanonicalJSON.data(plain), as: UTF8.self)
                == #"{"isEverything":false,"schemas":["a"]}"#)
        let id = ObjectID.statement("s")
        let scope = Scope(
            schemas: [], reads: [ScopeRead(object: id, how: "1"), ScopeRead(object: id, how: "2")])
        #expect(scope.reads == [ScopeRead(object: id, how: "2")])
        #expect(
            try CanonicalJSON.decode(Scope.self, from: try CanonicalJSON.data(scope)) == scope)
    }
}

@Suite("Rows of SQLite's tables that get other names")
struct RenamedRowTests {
    @Test("rows keep what they are, by the new names")
    func moved() async throws {
        let script = "CREATE TABLE a(k TEXT PRIMARY KEY, V INTEGER); INSERT INTO a VALUES ('x', 1);"
        func reads(_ table: String, _ key: String, _ columns: [String]) -> [SQLiteRead] {
            [
                .row(
                    DataDefinition(
                        table: table, key: [key], columns: columns,
                        values: columns.map { $0 == key ? .text("x") : .null }))
            ]
        }
        let db = try await SQLiteConnection.open(.memory)
        try await db.runScript(script)
        let before = try await SQLiteInspector.inspect(
            db, detail: .full, reads: reads("A", "k", ["k", "v"])
        ).catalog
        try await db.runScript(
            "ALTER TABLE a RENAME TO Other; ALTER TABLE other RENAME k TO \"zz\"")
        let after = try await SQLiteInspector.inspect(
            db, detail: .full, reads: reads("other", "ZZ", ["v", "ZZ"])
        ).catalog
        await db.close()
        let renames = [
            Rename(from: .table("a"), to: .table("other")),
            Rename(from: .column("other", "k"), to: .column("other", "zz")),
        ]
        let schema = after.filter { $0.id.kind != .data }
        let moved = RenamedRows(renames, settled: schema).moved(before)
        #expect(moved.count == 1)
        #expect(moved.first?.from == .data("a", [.text("x")]))
        #expect(moved.first?.object == after[.data("other", [.text("x")])])
        #expect(
            moved.first?.object.dependencies == after[.data("other", [.text("x")])]?.dependencies)
    }
}
