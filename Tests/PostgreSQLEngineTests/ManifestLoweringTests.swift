import Manifest
import Planning
import SchemaCore
import Testing

@testable import PostgreSQLEngine

/// Reads and lowers one file.
func lowered(_ text: String, defaultSchema: String? = nil) -> Lowering<PostgreSQLObject> {
    let file = ManifestFile(path: "input.yaml", bytes: Array(text.utf8))
    return PostgreSQLManifests.lower(
        ManifestInput(base: ManifestTree(files: [file]), defaultSchema: defaultSchema))
}

/// The statements that make the objects, as PostgreSQL would be told.
func statements(_ text: String) -> [String] {
    let result = lowered(text)
    #expect(result.diagnostics.isEmpty)
    return result.objects.flatMap { $0.creation.map { $0.text(.postgreSQL) } }
}

@Suite struct ManifestLoweringTests {
    @Test("What of NOT NULL is not as usual is refused where the server would let it go")
    func notNullBefore18() {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: t
            columns: { a: { type: integer, notNull: { name: there } } }
            ---
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: p
            partitionOf: { table: t, bound: DEFAULT }
            columns: { a: { notNull: { name: here } } }
            """
        let objects = lowered(text).objects
        #expect(NotNullVersion.diagnostics(objects, major: 18).isEmpty)
        let told = NotNullVersion.diagnostics(objects, major: 17)
        #expect(told.map(\.code) == ["unsupported-version", "unsupported-version"])
        #expect(told.map { $0.span?.start.line } == [5, 10])
    }

    @Test func tableOfTheSpecification() {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: users
            comment: People who can sign in.
            columns:
              id:         { type: uuid, default: gen_random_uuid() }
              email:      { type: varchar(255) }
              full_name:  { type: text, nullable: true, renamedFrom: name }
              status:     { type: varchar(20), default: "'active'" }
              team_id:    bigint
            primaryKey: [id]
            unique:
              users_email_key: [email]
            checks:
              users_status_check: status in ('active', 'inactive', 'suspended')
            indexes:
              users_status_idx: { columns: [status], where: status = 'active' }
            foreignKeys:
              users_team_fkey: { columns: [team_id], references: { table: teams, columns: [id] }, onDelete: cascade }
            ---
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: teams
            columns: { id: { type: bigint, identity: always } }
            primaryKey: [id]
            """
        #expect(
            statements(text) == [
                "CREATE SCHEMA app",
                "CREATE TABLE app.users ()",
                "COMMENT ON TABLE app.users IS 'People who can sign in.'",
                "ALTER TABLE app.users ADD COLUMN id uuid NOT NULL",
                "ALTER TABLE app.users ALTER COLUMN id SET DEFAULT gen_random_uuid()",
                "ALTER TABLE app.users ADD COLUMN email varchar(255) NOT NULL",
                "ALTER TABLE app.users ADD COLUMN full_name text",
                "ALTER TABLE app.users ADD COLUMN status varchar(20) NOT NULL",
                "ALTER TABLE app.users ALTER COLUMN status SET DEFAULT 'active'",
                "ALTER TABLE app.users ADD COLUMN team_id bigint NOT NULL",
                "ALTER TABLE app.users ADD PRIMARY KEY (id)",
                "ALTER TABLE app.users ADD CONSTRAINT users_email_key UNIQUE (email)",
                "ALTER TABLE app.users ADD CONSTRAINT users_status_check"
                    + " CHECK (status in ('active', 'inactive', 'suspended'))",
                "ALTER TABLE app.users ADD CONSTRAINT users_team_fkey FOREIGN KEY (team_id)"
                    + " REFERENCES app.teams (id) ON DELETE CASCADE",
                "CREATE INDEX users_status_idx ON app.users (status) WHERE status = 'active'",
                "CREATE TABLE app.teams ()",
                "ALTER TABLE app.teams ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY NOT NULL",
                "ALTER TABLE app.teams ADD PRIMARY KEY (id)",
            ])
    }
}

/// One table with this inside.
private func table(_ body: String) -> String {
    """
    apiVersion: lockstep.dev/v1
    kind: Table
    schema: app
    name: t
    columns: { a: integer, b: { type: text, nullable: true } }
    \(body)
    """
}

@Suite struct ManifestFormTests {
    /// Short and long forms are the same manifest.
    @Test(arguments: [
        ("primaryKey: [a]", "primaryKey: { columns: [a] }"),
        ("unique: { k: [a, b] }", "unique: { k: { columns: [a, b], include: null } }"),
        ("unique: [[a]]", "unique: [{ columns: [a] }]"),
        ("checks: { c: a > 0 }", "checks: { c: { expression: a > 0, noInherit: false } }"),
        ("checks: [a > 0]", "checks: [{ expression: a > 0 }]"),
        (
            "indexes: { i: [a, (lower(b))] }",
            "indexes: { i: { columns: [{ column: a }, { expression: (lower(b)) }] } }"
        ),
        (
            "indexes: { i: [a] }",
            "indexes: { i: { columns: [{ column: a, order: asc, nulls: last }], unique: false, method: btree } }"
        ),
        (
            "indexes: { i: [{ column: a, opclass: int4_ops, order: desc }] }",
            "indexes: { i: [{ column: a, opclass: { name: int4_ops }, order: desc, nulls: first }] }"
        ),
        (
            "primaryKey: [a]\nforeignKeys: { f: { columns: [a], references: t, onDelete: cascade } }",
            "primaryKey: [a]\nforeignKeys: { f: { columns: [a], references: { table: t }, onDelete: { action: cascade }, match: simple } }"
        ),
        (
            "unique: { k: { columns: [a], initiallyDeferred: true } }",
            "unique: { k: { columns: [a], deferrable: true, initiallyDeferred: true } }"
        ),
    ])
    func shortAndLongFormsAreTheSame(short: String, long: String) {
        let first = lowered(table(short))
        let second = lowered(table(long))
        #expect(first.diagnostics.isEmpty)
        #expect(second.diagnostics.isEmpty)
        #expect(first.objects == second.objects)
    }

    @Test func schemaMayComeFromTheProject() {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Enum
            name: status
            labels: [a]
            """
        let result = lowered(text, defaultSchema: "public")
        #expect(result.diagnostics.isEmpty)
        #expect(result.objects.map(\.id) == [.schema("public"), .enum("public", "status")])
        #expect(result.objects[0].span == nil)
        #expect(result.scope.schemas == ["public"])
        #expect(lowered(text).diagnostics.map(\.code) == ["incomplete"])
    }

    @Test func unnamedChildrenAreDistinct() {
        let result = lowered(
            table("unique: [[a], [b]]\nindexes: [[a], [b]]\nchecks: [a > 0, a > 1]"))
        let unnamed = result.objects.filter(\.isUnnamed)
        #expect(Set(unnamed.map(\.id)).count == 6)
        #expect(unnamed.allSatisfy { $0.givenName == nil })
    }

    @Test func childrenOfARenamedTableAreLookedForUnderEveryName() {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: new
            renamedFrom: [old, attic.older]
            columns: { b: { type: text, renamedFrom: a } }
            indexes: { new_idx: { columns: [b], renamedFrom: old_idx } }
            """
        let result = lowered(text)
        #expect(result.diagnostics.isEmpty)
        #expect(
            result.renames.map(\.candidates) == [
                [.table("app", "old"), .table("attic", "older"), .table("app", "attic.older")],
                [
                    .column("app", "new", "a"), .column("app", "old", "a"),
                    .column("attic", "older", "a"), .column("app", "attic.older", "a"),
                ],
                [.index("app", "old_idx"), .index("attic", "old_idx")],
            ])
    }

    @Test func overlayMergesIntoATable() {
        let base = ManifestFile(
            path: "t.yaml", bytes: Array(table("indexes: { i: [a], j: [b] }").utf8))
        let overlay = ManifestFile(
            path: "prod.yaml",
            bytes: Array(
                """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: t
                indexes: { j: null, k: [b, a] }
                """.utf8))
        let result = PostgreSQLManifests.lower(
            ManifestInput(
                base: ManifestTree(files: [base]), overlays: [ManifestTree(files: [overlay])]))
        #expect(result.diagnostics.isEmpty)
        let indexes = result.objects.filter { $0.id.kind == .index }
        #expect(indexes.map(\.id.name) == ["i", "k"])
        #expect(indexes.map(\.span?.file) == ["t.yaml", "prod.yaml"])
    }

    /// What an overlay changes is told by what it means, not by how it is written.
    @Test(arguments: [
        ("{ a: integer, o: { type: text, mode: out } }", "{ a: { type: INT4, default: 1 } }", true),
        ("{ a: integer }", "{ a: bigint }", false), ("{ a: integer }", "{ b: integer }", false),
        (
            "[ 'varchar(20)', 'timestamp (3) with time zone[]' ]",
            "[ character varying, 'timestamptz []' ]", true
        ),
        ("{ }", "[ ]", true), ("[ app.e ]", "[ app.f ]", false),
        ("[ pg_catalog.bool ]", "[ boolean ]", true), ("[ char ]", "[ '\"char\"' ]", false),
    ])
    func overlayFindsItsFunction(base: String, overlay: String, isSame: Bool) {
        func file(_ name: String, _ text: String) -> ManifestTree {
            let head = "apiVersion: lockstep.dev/v1\nkind: Function\nname: f\n"
            return ManifestTree(files: [ManifestFile(path: name, bytes: Array((head + text).utf8))])
        }
        let result = PostgreSQLManifests.lower(
            ManifestInput(
                base: file(
                    "f.yaml",
                    """
                    schema: app
                    arguments: \(base)
                    returns: integer
                    language: sql
                    body: select 1
                    """),
                overlays: [file("prod.yaml", "arguments: \(overlay)\nbody: select 2\n")],
                defaultSchema: "app"))
        let bodies = result.objects.compactMap { object in
            if case .function(let function) = object.definition { function.body } else { nil }
        }
        #expect((bodies == [.source("select 2")]) == isSame, "\(bodies) \(result.diagnostics)")
        #expect(result.diagnostics.hasErrors == !isSame)
    }

    @Test(
        arguments: [
            ("t", "c", "seq", "t_c_seq"),
            (
                String(repeating: "a", count: 63), nil, "pkey",
                String(repeating: "a", count: 58) + "_pkey"
            ),
            (
                String(repeating: "t", count: 40), String(repeating: "c", count: 40), "seq",
                String(repeating: "t", count: 29) + "_" + String(repeating: "c", count: 29) + "_seq"
            ),
        ] as [(String, String?, String, String)])
    func defaultNamesAreTheServers(table: String, column: String?, label: String, name: String) {
        #expect(DefaultName.of(table, column, label) == name)
    }

    @Test(arguments: [
        ("(a)", "a"), ("((a > 0))", "a > 0"), ("(a) || (b)", "(a) || (b)"), ("a", "a"),
        ("(a = ')')", "a = ')'"), ("(a = '(')", "a = '('"), ("(a = 'it''s')", "a = 'it''s'"),
        ("(\")\" > 0)", "\")\" > 0"), ("(E'\\'' = a)", "(E'\\'' = a)"), ("()", "()"),
    ])
    func parenthesesGoOnlyWherePlain(text: String, bare: String) {
        #expect(VerbatimSQL(text).withoutParentheses == bare)
    }

    @Test(arguments: [
        ("character varying(20)", "varchar(20)"), ("character varying[]", "varchar[]"),
        ("timestamp(3) with time zone[]", "timestamptz(3)[]"), ("time without time zone", "time"),
        ("timestamp without time zone", "timestamp"), ("bit varying(3)", "varbit(3)"),
        ("app.\"timestamp with time zone\"", "app.\"timestamp with time zone\""),
        ("character(3)", "character(3)"), ("numeric(10,2)", "numeric(10,2)"),
    ])
    func typesGetTheirShortNames(long: String, short: String) {
        #expect(VerbatimSQL(long).shortType == short)
    }
}
