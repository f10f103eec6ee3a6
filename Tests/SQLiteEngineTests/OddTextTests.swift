import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Texts of SQLite's schemas that look like something else")
struct OddTextTests {
    @Test("a collation at the end of an expression is not that of the key")
    func collations() async throws {
        let script = """
            CREATE TABLE t(a, b);
            CREATE INDEX i1 ON t(a || b COLLATE nocase);
            CREATE INDEX i2 ON t((a || b) COLLATE nocase);
            CREATE INDEX i3 ON t(a IN (1, 2) COLLATE rtrim DESC);
            CREATE INDEX i4 ON t(-a COLLATE nocase);
            CREATE INDEX i5 ON t(NOT a COLLATE nocase);
            CREATE INDEX i6 ON t((b) COLLATE rtrim COLLATE nocase);
            """
        let catalog = try await read(script).catalog
        let collations = (1...6).map { number -> String? in
            guard case .index(let index)? = catalog[.index("i\(number)")]?.definition else {
                return "none"
            }
            return index.keys[0].collation
        }
        #expect(collations == [nil, "NOCASE", "RTRIM", "NOCASE", nil, "NOCASE"])
        let again = try await read(catalog.statements().joined(separator: ";\n")).catalog
        expectEqual(again, catalog)
    }

    @Test("a type is what SQLite takes for one")
    func types() async throws {
        let script = """
            CREATE TABLE t(a "weird type"(1,2), b "int" eger, c 'x y' z (3), d [a b], e int "eger",
                f generated always, g int generated always, h "generated always", i always,
                j varchar(10) generated always AS (a), k text generated always AS (a) STORED,
                l foo generated /* */ always, m numeric (10, 2), n text NOT NULL)
            """
        let catalog = try await read(script).catalog
        let types = catalog.sorted.compactMap { object -> String? in
            if case .column(let column) = object.definition { column.type } else { nil }
        }
        #expect(
            types == [
                "WEIRD TYPE", "INT", "X Y", "A B", "INT \"EGER\"", "", "INT", "GENERATED ALWAYS",
                "ALWAYS", "VARCHAR(10)", "TEXT", "FOO GENERATED", "NUMERIC(10,2)", "TEXT",
            ])
        let again = try await read(catalog.statements().joined(separator: ";\n")).catalog
        expectEqual(again, catalog)
    }
}

@Suite("What is Lockstep's own in a SQLite database")
struct OwnTests {
    private let text = """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: t
        columns:
          a: integer
        triggers:
          tidy: { event: insert, body: DELETE FROM lockstep_journal; }
        ---
        apiVersion: lockstep.dev/v1
        kind: View
        name: v
        query: SELECT event FROM lockstep_journal
        """

    @Test("nothing may speak of it, whether it is there or not", arguments: [true, false])
    func reserved(isThere: Bool) async throws {
        let session = try await SQLiteSession.connect(.memory)
        if isThere { try await SQLiteJournal(session).prepare() }
        await #expect {
            try await SQLite().canonicalize(lowered(text).objects, for: session)
        } throws: { error in
            let found = (error as? DiagnosticsError)?.diagnostics ?? []
            return found.map(\.code) == ["reserved-name", "reserved-name"]
                && found.allSatisfy { $0.span != nil }
        }
        await session.close()
    }

    @Test("a table of somebody else that is called so is told as that")
    func foreign() async throws {
        let session = try await SQLiteSession.connect(.memory)
        try await session.connection.runScript("CREATE TABLE lockstep_meta(a)")
        await #expect {
            _ = try await SQLiteJournal(session).applied()
        } throws: { error in
            (error as? EngineError)?.message.hasSuffix("is not Lockstep's") == true
        }
        await session.close()
    }

    @Test("a view that is called so is no silence")
    func views() async throws {
        let found = try await read(
            "CREATE TABLE t(a); CREATE VIEW lockstep_journal AS SELECT a FROM t")
        #expect(found.catalog[.view("lockstep_journal")]?.isBeyondManifests == true)
        let left = try await ManifestImport(found.catalog).result().warnings
        #expect(left.map(\.code) == ["left-out"])
    }

    @Test("a query that tells what is there may change nothing, and its place is told")
    func queries() async throws {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: keep
            columns:
              a: integer
            ---
            apiVersion: lockstep.dev/v1
            kind: Statement
            name: words
            create: CREATE VIRTUAL TABLE words USING fts5(a);
            identity: DELETE FROM keep RETURNING a
            """
        await #expect {
            try await Canonicalizer.canonicalize(
                lowered(text).objects, environment: SchemaRows())
        } throws: { error in
            let found = (error as? DiagnosticsError)?.diagnostics ?? []
            return found.count == 1 && found[0].span?.start.line == 11
                && found[0].message.contains("would change the database")
        }
    }
}
