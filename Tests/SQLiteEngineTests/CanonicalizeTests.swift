import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("From manifests to what SQLite makes of them")
struct CanonicalizeTests {
    private func span(_ line: Int) -> SourceSpan {
        SourceSpan(
            file: "m.yaml", start: .init(line: line, column: 3), end: .init(line: line, column: 90))
    }

    private func written(_ text: String, line: Int) -> ComparableSQL {
        ComparableSQL(VerbatimSQL(text, at: span(line)))
    }

    private func table(_ name: String, _ columns: [String]) -> [SQLiteObject] {
        [SQLiteObject(.table(name), .table(TableDefinition(name: name)), span: span(1))]
            + columns.enumerated().map {
                SQLiteObject(
                    .column(name, $1), .column(ColumnDefinition(name: $1, type: "TEXT")),
                    position: $0, span: span(2))
            }
    }

    private func withTarget<Value>(
        _ script: String = "", _ body: (SQLiteSession) async throws -> Value
    ) async throws -> Value {
        let session = try await SQLiteSession.connect(.memory)
        try await session.connection.runScript(script)
        let value = try await body(session)
        await session.close()
        return value
    }

    private func check(_ text: String, line: Int) -> SQLiteObject {
        let check = ConstraintDefinition(rule: .check(.init(expression: written(text, line: line))))
        return SQLiteObject(
            .constraint("T", check.address), .constraint(check), position: 9, span: span(line))
    }

    @Test("what is read back equals a file that says the same in other words")
    func canonical() async throws {
        let view = ViewDefinition(name: "v", query: written("select Name from t", line: 6))
        let desired =
            table("T", ["Name"]) + [
                check("LENGTH( [name] )>0", line: 5), SQLiteObject(.view("v"), .view(view)),
            ]
        let live =
            "CREATE TABLE T(Name text CHECK (length(Name) > 0)); "
            + "CREATE VIEW v AS SELECT \"Name\" FROM t"
        try await withTarget(live) { session in
            let engine = SQLite()
            let catalog = try await engine.canonicalize(desired, for: session).catalog
            let found = try await engine.inspect(session, scope: Scope(schemas: []), detail: .full)
            #expect(catalog == found.catalog)
            let lowering = Lowering(
                summary: LoweringSummary(
                    source: Digest(of: "t"), scope: Scope(schemas: []), hasManifests: true),
                objects: desired, renames: [], diagnostics: [])
            let digests = try await engine.canonicalDigests(
                lowering, scope: Scope(schemas: []), for: session, scratch: ScratchSettings())
            #expect(digests == CatalogDigests(catalog))
        }
    }

    @Test("what a double-quoted word means is asked anew for each text")
    func memory() async throws {
        try await withTarget { session in
            let engine = SQLite()
            let good = try await engine.canonicalize(
                table("T", ["a"]) + [check("a <> \"Zz\"", line: 5)], for: session
            ).catalog
            #expect(good[.constraint("T", "check (a <> 'Zz')")] != nil)
            await #expect(throws: DiagnosticsError.self) {
                try await engine.canonicalize(
                    table("T", ["a"]) + [check("a <> Zz", line: 5)], for: session)
            }
        }
    }

    @Test("all that SQLite refuses is told at its place")
    func places() async throws {
        let view = ViewDefinition(name: "v", query: written("SELECT Nam FROM u", line: 20))
        let body = TriggerDefinition(
            name: "g", table: "U", event: .insert,
            body: written("DELETE FROM Tt;", line: 30))
        let index = IndexDefinition(
            name: "i", table: "U", keys: [.init(.expression(written("a ||", line: 40)))])
        let desired =
            table("T", ["Name"]) + table("U", ["a"]) + [
                check("Nam > 0", line: 10),
                SQLiteObject(.view("v"), .view(view), span: span(19)),
                SQLiteObject(.trigger("g"), .trigger(body), span: span(29)),
                SQLiteObject(.index("i"), .index(index), span: span(39)),
            ]
        try await withTarget { session in
            do {
                _ = try await SQLite().canonicalize(desired, for: session)
                Issue.record("nothing was refused")
            } catch let error as DiagnosticsError {
                let told = error.diagnostics.map {
                    "\($0.span.map { "\($0.start.line):\($0.start.column)" } ?? "-") \($0.code)"
                }
                #expect(
                    told == [
                        "10:3 missing-reference", "40:6 sql-syntax", "20:10 missing-reference",
                        "29:3 missing-reference",
                    ])
                #expect(error.diagnostics[0].help == "did you mean \"Name\"?")
            }
        }
    }

    @Test("what no manifest declares is there for what refers to it, and not in the result")
    func environment() async throws {
        let key = ConstraintDefinition(rule: .foreignKey(.init(columns: ["a"], table: "OTHER")))
        let desired =
            table("T", ["a"]) + [
                SQLiteObject(.constraint("T", key.address), .constraint(key)),
                SQLiteObject(
                    .view("v"),
                    .view(ViewDefinition(name: "v", query: written("SELECT x FROM w", line: 4)))),
            ]
        let live = """
            CREATE TABLE Other(Id INTEGER PRIMARY KEY, x CHECK (x COLLATE unknown > 1));
            CREATE VIEW w AS SELECT x FROM other;
            CREATE TABLE T(a TEXT REFERENCES Other(Id));
            """
        try await withTarget(live) { session in
            let catalog = try await SQLite().canonicalize(desired, for: session).catalog
            #expect(
                catalog.ids.map(\.description) == [
                    "column t.a", "constraint t.\"foreign key (a) references other\"", "table t",
                    "view v",
                ])
            let found = try await SQLiteInspector.inspect(session.connection, detail: .full).catalog
            for id in [ObjectID.table("t"), .constraint("t", "foreign key (a) references other")] {
                #expect(found[id] == catalog[id])
            }
        }
    }

    @Test("a text cannot smuggle in a second statement")
    func smuggling() async throws {
        try await withTarget { session in
            _ = await #expect(throws: DiagnosticsError.self) {
                try await SQLite().canonicalize(
                    table("T", ["a"]) + [check("1)); DROP TABLE x; --", line: 3)], for: session)
            }
        }
    }
}
