import Manifest
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("What SQLite's manifests mean")
struct ManifestLoweringTests {
    private let head = "apiVersion: lockstep.dev/v1\nkind: Table\nname: Users\n"

    @Test("every field comes to what SQLite is told")
    func whole() async throws {
        let lowering = lowered(wholeManifest)
        #expect(lowering.diagnostics.isEmpty)
        let statements = Catalog(lowering.objects).statements()
        let table = """
            CREATE TABLE "Users" (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                email TEXT CONSTRAINT has_email NOT NULL ON CONFLICT FAIL,
                team INTEGER,
                state TEXT NOT NULL DEFAULT 'new' COLLATE "NOCASE",
                words TEXT GENERATED ALWAYS AS (upper(email)) STORED,
                short ANY NOT NULL GENERATED ALWAYS AS (substr(email, 1, 2)) VIRTUAL,
                raw BLOB,
                UNIQUE (email, state),
                CONSTRAINT by_team UNIQUE (team, email COLLATE "NOCASE") ON CONFLICT IGNORE,
                CONSTRAINT positive CHECK (id > 0),
                CONSTRAINT long CHECK (length(email) > 3),
                CONSTRAINT users_team FOREIGN KEY (team) REFERENCES teams (id) MATCH "FULL" \
            ON DELETE SET DEFAULT ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
            ) STRICT
            """
        #expect(
            statements.first?.replacing("id INTEGER CONSTRAINT pk ", with: "id INTEGER ") == table)
        #expect(
            Set(statements.dropFirst()) == [
                "CREATE INDEX users_state ON \"Users\" (state, ((lower(email))))",
                "CREATE UNIQUE INDEX users_new ON \"Users\" "
                    + "((length(email)) COLLATE \"RTRIM\" DESC) WHERE state = 'new'",
                "CREATE INDEX users_team ON users (team) WHERE team > 0",
                "CREATE VIEW fresh (id, address) AS\n"
                    + "SELECT id, email FROM users WHERE state = 'new'",
                "CREATE TRIGGER users_gone AFTER UPDATE OF email ON \"Users\" "
                    + "WHEN new.email <> old.email\nBEGIN\n"
                    + "    DELETE FROM Users WHERE id = old.id;\nSELECT 1;\nEND",
                "CREATE TRIGGER fresh_gone INSTEAD OF DELETE ON fresh\nBEGIN\n"
                    + "    DELETE FROM users WHERE id = old.id;\nEND",
                "CREATE TRIGGER users_came BEFORE INSERT ON \"Users\"\nBEGIN\n    SELECT 1;\nEND",
            ])
        let catalog = try await built(wholeManifest)
        #expect(Set(catalog.ids) == Set(lowering.objects.map(\.id)))
    }

    @Test("renames look below every name that the table may have")
    func renames() {
        let renames = lowered(wholeManifest).renames
        #expect(
            renames.map {
                "\($0.to) <- \($0.candidates.map(\.description).joined(separator: ", "))"
            }
                == [
                    "table users <- table people, table persons",
                    "column users.team <- column users.group, column people.group, "
                        + "column persons.group",
                    "index users_new <- index users_old",
                    "trigger users_gone <- trigger users_left",
                    "index users_team <- index users_group", "view fresh <- view newest",
                ])
    }

    @Test("short and long forms, and any case of names, are the same")
    func forms() async throws {
        let short = """
            columns: { id: integer, a: { type: text }, b: { type: TEXT, nullable: true } }
            primaryKey: [id]
            unique: [[a]]
            checks: [a > 0]
            """
        let long = """
            columns:
              id: { type: Integer, nullable: false }
              a: { type: "text ", nullable: false, notNull: { onConflict: abort } }
              b: { type: text, nullable: true }
            primaryKey: { columns: [{ column: ID, order: asc }], onConflict: abort }
            unique: [{ columns: [{ column: A }] }]
            checks: [{ expression: "( A>0 )" }]
            """
        expectEqual(try await built(head + short), try await built(head + long))
        #expect(
            lowered(head + short).objects.map(\.id) == lowered(head + long).objects.map(\.id))
    }

    @Test("what stands behind an expression does not hide what follows")
    func comments() async throws {
        let plain = "columns: { a: text }\nchecks: [a > 0]\nindexes: { i: [a] }\n"
        let noted = """
            columns:
              a: text
            checks:
              - |
                a > 0 -- it is
                /* really */
            indexes: { i: [a] }
            """
        expectEqual(try await built(head + noted), try await built(head + plain))
    }

    @Test("an overlay finds a table by its name in any case")
    func overlay() {
        let overlay = "apiVersion: lockstep.dev/v1\nkind: Table\nname: USERS\nstrict: true\n"
        let lowering = lowered(head + "columns: { a: text }\n", overlay: overlay)
        #expect(lowering.diagnostics.isEmpty)
        guard case .table(let table)? = lowering.objects.first?.definition else {
            Issue.record("there is no table")
            return
        }
        #expect(table.isStrict && table.name == "USERS")
    }

    @Test("an error of SQLite points into the manifest")
    func places() async throws {
        let text =
            head + """
                columns: { a: text }
                indexes: { i: [(abs(zz))] }
                ---
                apiVersion: lockstep.dev/v1
                kind: View
                name: v
                query: SELECT aa FROM users
                """
        let objects = lowered(text).objects
        do {
            _ = try await Canonicalizer.canonicalize(objects, environment: SchemaRows())
            Issue.record("nothing was refused")
        } catch let error as DiagnosticsError {
            #expect(
                error.diagnostics.map {
                    "\($0.span?.start.line ?? 0):\($0.span?.start.column ?? 0) \($0.message)"
                } == [
                    "5:21 index i: no such column: zz", "10:15 view v: no such column: aa",
                ])
            #expect(error.diagnostics.last?.help == "did you mean \"a\"?")
        }
    }

    @Test("canonical form is kept, and comments with it")
    func format() {
        let formatter = SQLiteManifests.formatter()
        func format(_ text: String) -> String? {
            formatter.format(ManifestFile(path: "m.yaml", bytes: Array(text.utf8))).text
        }
        #expect(format(wholeManifest) == wholeManifest)
        let mixed = """
            kind: Table # which
            apiVersion: lockstep.dev/v1
            triggers:
              t: {body: "SELECT 1;", event: insert}
            columns:
                a: {nullable: true, type: text}
            # Its name.
            name: t
            """
        let canonical = """
            apiVersion: lockstep.dev/v1
            kind: Table # which
            # Its name.
            name: t
            columns:
              a: { type: text, nullable: true }
            triggers:
              t: { event: insert, body: SELECT 1; }

            """
        #expect(format(mixed) == canonical)
    }
}
