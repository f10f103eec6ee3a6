import Execution
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Managed rows of SQLite, planned and applied")
struct RowPlanTests {
    private let tables = """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: regions
        columns:
          id: integer
          name: { type: text, nullable: true }
          note: { type: text, nullable: true }
        primaryKey: [id]
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        name: countries
        columns:
          code: text
          region: integer
          area: { type: real, nullable: true }
          raw: { nullable: true }
        primaryKey: [code]
        foreignKeys:
          - { columns: [region], references: regions }

        """

    private func data(_ table: String, _ key: String, _ rows: [String]) -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Data
        table: \(table)
        key: [\(key)]
        rows:
        \(rows.map { "  - { \($0) }" }.joined(separator: "\n"))

        """
    }

    private func manifests(_ regions: [String], _ countries: [String]) -> String {
        tables + data("regions", "id", regions) + data("countries", "code", countries)
    }

    private let regions = ["id: 1, name: Europe", "id: 2, name: \"it's\""]
    private let countries = [
        "code: DE, region: 1, area: 357000, raw: { blob: 00ff }", "code: '07', region: 2, raw: -5",
        "code: \"a\\0b\", region: 2, area: 0.1, raw: '7'",
    ]

    @Test("rows come after their tables, parents first; then nothing is left to do")
    func come() async throws {
        try await withFile { file in
            let plan = try await file.lead(to: manifests(regions, countries))
            #expect(
                plan.steps == [
                    "create-table:countries", "create-table:regions", "insert-data:regions",
                    "insert-data:countries",
                ])
            #expect(
                try await file.rows("SELECT code, region, area, typeof(raw) FROM countries")
                    == [
                        "'07',2,NULL,'integer'", "'DE',1,357000.0,'blob'",
                        "'a\0b',2,0.1,'text'",
                    ])
            try await file.undo(plan)
            #expect(
                try await file.rows("SELECT name FROM sqlite_schema WHERE name = 'regions'").isEmpty
            )
        }
    }

    @Test(
        "a row that somebody edits is drift, is put back with an acknowledgement, and no other is")
    func edited() async throws {
        try await withFile { file in
            let text = manifests(regions, Array(countries.prefix(2)))
            try await file.lead(to: text)
            try await file.run("UPDATE regions SET name = 'Asia', note = 'mine' WHERE id = 1")
            try await file.run("INSERT INTO regions VALUES (3, 'theirs', NULL)")
            #expect(try await file.drift() == ["changed data regions.1"])
            let plan = try await file.plan(text)
            #expect(plan.steps == ["update-data:regions"])
            #expect(plan.unmanaged == [])
            #expect(
                plan.statements.first == "UPDATE OR ABORT regions SET name = 'Europe' WHERE id IS 1"
            )
            #expect(plan.plan.steps.first?.data == .lossy)
            let counted = try await file.bench.engine.observe(plan.planned, in: file.bench.session)
            #expect(counted.answers.map(\.answer) == [.count(1)])
            guard case .refused = try await file.apply(text) else {
                Issue.record("values were overwritten without an acknowledgement")
                return
            }
            try await file.lead(to: text, ["update-data:regions"])
            #expect(
                try await file.rows("SELECT * FROM regions ORDER BY id") == [
                    "1,'Europe','mine'", "2,'it's',NULL",
                    "3,'theirs',NULL",
                ])
            try await file.undo(plan)
            #expect(try await file.rows("SELECT name FROM regions WHERE id = 1") == ["'Asia'"])
        }
    }

    @Test("a row that is declared no more goes once that is acknowledged, children first")
    func leave() async throws {
        try await withFile { file in
            try await file.lead(to: manifests(regions, Array(countries.prefix(2))))
            try await file.run("INSERT INTO regions VALUES (3, 'theirs', NULL)")
            let text = manifests([regions[0]], [countries[0]])
            let plan = try await file.plan(text)
            let steps = ["delete-data:countries", "delete-data:regions"]
            #expect(plan.steps == steps)
            #expect(plan.plan.steps.map(\.data) == [.destroyed, .destroyed])
            #expect(plan.step(steps[1])?.undo.claim == .shape(loses: "the values of note"))
            let counted = try await file.bench.engine.observe(plan.planned, in: file.bench.session)
            #expect(counted.answers.map(\.answer) == [.count(1), .count(1), .count(0), .count(0)])
            guard case .refused(let refusal) = try await file.apply(text) else {
                Issue.record("rows were deleted without an acknowledgement")
                return
            }
            #expect(refusal.missing == steps)
            try await file.lead(to: text, Set(steps))
            #expect(try await file.rows("SELECT id FROM regions ORDER BY id") == ["1", "3"])
            try await file.undo(plan)
            #expect(try await file.rows("SELECT count(*) FROM countries") == ["2"])
        }
    }

    @Test("a row to which others refer does not go, and nothing else of the plan is done")
    func needed() async throws {
        try await withFile { file in
            try await file.lead(to: manifests(regions, [countries[0]]))
            try await file.run("INSERT INTO countries VALUES ('XX', 2, NULL, NULL)")
            let text = manifests([regions[0], "id: 4"], [countries[0]])
            guard case .willFail(let why) = try await file.apply(text, ["delete-data:regions"])
            else {
                Issue.record("it is not known to fail")
                return
            }
            #expect(
                why.map(\.reason) == ["rows of countries that refer to rows of regions that go: 1"])
            #expect(try await file.rows("SELECT id FROM regions ORDER BY id") == ["1", "2"])
        }
    }

    @Test("a row that refers to none is refused, and nothing else of the plan is done")
    func parentless() async throws {
        try await withFile { file in
            try await file.lead(to: manifests(regions, [countries[0]]))
            let text = manifests(regions + ["id: 4"], [countries[0], "code: FR, region: 99"])
            guard case .failed(let failure) = try await file.apply(text) else {
                Issue.record("it was applied")
                return
            }
            #expect(failure.error.message.contains("countries refers to no row of regions"))
            #expect(try await file.rows("SELECT id FROM regions ORDER BY id") == ["1", "2"])
        }
    }

    @Test("rows that break a foreign key already stand in nobody's way whose rows do not")
    func orphans() async throws {
        try await withFile { file in
            try await file.lead(to: manifests(regions, [countries[0]]))
            try await file.run("INSERT INTO countries VALUES ('XX', 77, NULL, NULL)")
            let text = manifests([regions[0], "id: 2, name: Asia", "id: 4"], [countries[0]])
            try await file.lead(to: text, ["update-data:regions"])
        }
    }

    @Test("rows that are there are taken over, and one that lacks a new column gets its value")
    func adopted() async throws {
        let script = """
            CREATE TABLE regions(id INTEGER NOT NULL PRIMARY KEY, name TEXT);
            INSERT INTO regions VALUES (1, 'Europe'), (2, 'theirs')
            """
        try await withFile(script) { file in
            let text = tables + data("regions", "id", ["id: 1, name: Europe, note: new"])
            let plan = try await file.lead(to: text)
            #expect(plan.step("update-data:regions")?.data == .kept)
            #expect(plan.step("update-data:regions")?.undo.statements == [])
            #expect(plan.step("insert-data:regions") == nil)
            #expect(
                try await file.rows("SELECT * FROM regions") == [
                    "1,'Europe','new'", "2,'theirs',NULL",
                ])
        }
    }

    @Test(
        "rows stay what they are when their table and columns get other names",
        arguments: [true, false])
    func renamed(_ isApplied: Bool) async throws {
        let script = """
            CREATE TABLE regions(id INTEGER NOT NULL PRIMARY KEY, name TEXT, note TEXT);
            INSERT INTO regions VALUES (1, 'Europe', NULL), (2, 'it''s', 'x'), (3, 'theirs', NULL)
            """
        try await withFile(script) { file in
            let before = manifests(regions, [])
                .replacing(data("countries", "code", []), with: "")
            if isApplied { try await file.lead(to: before) }
            let after = before.replacing("name: regions", with: "name: areas\nrenamedFrom: regions")
                .replacing("references: regions", with: "references: areas")
                .replacing("table: regions", with: "table: areas")
                .replacing("  id: integer", with: "  number: { type: integer, renamedFrom: id }")
                .replacing("primaryKey: [id]", with: "primaryKey: [number]")
                .replacing("key: [id]", with: "key: [number]")
                .replacing("{ id: 1", with: "{ number: 1")
                .replacing("  - { id: 2, name: \"it's\" }\n", with: "")
            let plan = try await file.plan(after)
            // What was managed under the old name goes; what never was stays.
            #expect(plan.step("delete-data:areas")?.touches.count == (isApplied ? 1 : nil))
            #expect(plan.step("insert-data:areas") == nil && plan.step("update-data:areas") == nil)
            let counts = try await file.bench.engine.observe(plan.planned, in: file.bench.session)
            #expect(
                counts.answers.map(\.answer)
                    == (isApplied ? [.count(1), .count(0), .count(0)] : []))
            try await file.lead(to: after, Set(plan.steps))
            #expect(
                try await file.rows("SELECT number FROM areas ORDER BY number")
                    == (isApplied ? ["1", "3"] : ["1", "2", "3"]))
        }
    }

    @Test("rows go with their table by one step, and stay through its rebuild")
    func rebuilt() async throws {
        try await withFile { file in
            let text = manifests(regions, [countries[0]])
            try await file.lead(to: text)
            let checked = text.replacing(
                "primaryKey: [code]", with: "primaryKey: [code]\nchecks:\n  - area > 0")
            let plan = try await file.lead(to: checked, ["rebuild-table:countries"])
            #expect(plan.steps == ["rebuild-table:countries"])
            let gone = tables.prefix { $0 != "-" } + data("regions", "id", regions)
            let last = try await file.lead(to: String(gone), ["drop-table:countries"])
            #expect(last.steps == ["drop-table:countries"])
        }
    }

    @Test("another key of the same rows is refused, not guessed")
    func otherKey() async throws {
        try await withFile { file in
            let unique = tables.replacing(
                "primaryKey: [id]", with: "primaryKey: [id]\nunique: [[name]]")
            try await file.lead(to: unique + data("regions", "id", [regions[0]]))
            await #expect {
                try await file.plan(unique + data("regions", "name", [regions[0]]))
            } throws: { error in
                (error as? DiagnosticsError)?.diagnostics.map(\.code) == ["unsupported-change"]
            }
        }
    }

    @Test("many rows take few statements")
    func many() async throws {
        try await withFile { file in
            let rows = (0..<450).map { "id: \($0), name: n\($0)" }
            let plan = try await file.lead(to: tables + data("regions", "id", rows))
            #expect(plan.step("insert-data:regions")?.action.statements.count == 5)
            let last = try await file.lead(
                to: tables + data("regions", "id", [rows[0]]), ["delete-data:regions"])
            #expect(last.steps == ["delete-data:regions"])
            #expect(try await file.rows("SELECT count(*) FROM regions") == ["1"])
        }
    }
}

@Suite("Statements of SQLite's manifests, planned and applied")
struct StatementPlanTests {
    private let table = """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: t
        columns: { id: integer }
        primaryKey: [id]

        """

    private func words(_ column: String, drop: Bool = true) -> String {
        table + """
            ---
            apiVersion: lockstep.dev/v1
            kind: Statement
            name: words
            create: |
              CREATE VIRTUAL TABLE words USING fts5(\(column)); -- and what it holds
              INSERT INTO words VALUES ('first');
            \(drop ? "drop: DROP TABLE words" : "")
            identity: SELECT sql FROM sqlite_schema WHERE name = 'words'
            """
    }

    @Test("a virtual table comes, drifts, is made again, and goes")
    func virtual() async throws {
        try await withFile { file in
            let plan = try await file.lead(to: words("body"))
            #expect(plan.steps == ["create-table:t", "create-statement:words"])
            #expect(try await file.rows("SELECT body FROM words") == ["'first'"])
            try await file.run("DROP TABLE words")
            #expect(try await file.drift() == ["removed statement words"])
            try await file.lead(to: words("body"))
            guard case .refused = try await file.apply(words("text")) else {
                Issue.record("it was made again without an acknowledgement")
                return
            }
            let again = try await file.lead(to: words("text"), ["replace-statement:words"])
            #expect(again.plan.steps.map(\.data) == [.destroyed])
            let last = try await file.lead(to: table, ["drop-statement:words"])
            #expect(last.plan.steps.map(\.data) == [.destroyed])
            #expect(
                try await file.rows("SELECT name FROM sqlite_schema WHERE name = 'words'").isEmpty)
            try await file.undo(last)
            #expect(try await file.rows("SELECT text FROM words") == ["'first'"])
        }
    }

    private func statement(_ name: String, _ create: String, _ drop: String) -> String {
        """
        ---
        apiVersion: lockstep.dev/v1
        kind: Statement
        name: \(name)
        create: |
        \(create.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))
        drop: \(drop)
        identity: SELECT sql FROM sqlite_schema WHERE name = '\(name)'

        """
    }

    @Test("statements are made in the order of the manifests, and removed in the opposite one")
    func order() async throws {
        try await withFile { file in
            let text =
                table
                + statement("zoo", "CREATE VIRTUAL TABLE zoo USING fts5(a);", "DROP TABLE zoo")
                + statement(
                    "ape", "CREATE VIRTUAL TABLE ape USING fts5vocab(zoo, 'row');",
                    "DROP TABLE ape")
            let plan = try await file.lead(to: text)
            #expect(
                plan.steps == ["create-table:t", "create-statement:zoo", "create-statement:ape"])
            let gone = ["drop-statement:ape", "drop-statement:zoo"]
            #expect(try await file.lead(to: table, Set(gone)).steps == gone)
        }
    }

    @Test("rows that a statement gives are nobody's complaint")
    func rows() async throws {
        try await withFile { file in
            let create = """
                CREATE VIRTUAL TABLE zoo USING fts5(a);
                INSERT INTO zoo VALUES ('x') RETURNING a;
                SELECT count(*) FROM zoo;
                """
            try await file.lead(to: table + statement("zoo", create, "DROP TABLE zoo"))
            #expect(try await file.rows("SELECT a FROM zoo") == ["'x'"])
        }
    }

    @Test("what a declared statement makes is not told as unmodelled; what another made is")
    func declared() async throws {
        try await withFile { file in
            #expect(try await file.lead(to: words("body")).unmodelled == [])
            #expect(try await file.plan(words("body")).unmodelled == [])
            try await file.run("CREATE VIRTUAL TABLE other USING fts5(a)")
            #expect(try await file.plan(words("body")).unmodelled.map(\.object.path) == [["other"]])
            let all = try await file.bench.engine.inspect(
                file.bench.session, scope: Scope(schemas: []), detail: .definitions)
            #expect(all.unmodelled.map(\.object.path) == [["other"], ["words"]])
        }
    }

    @Test("what nothing removes is not removed", arguments: [true, false])
    func stays(_ isDropped: Bool) async throws {
        try await withFile { file in
            try await file.lead(to: words("body", drop: false))
            let next = isDropped ? table : words("text", drop: false)
            await #expect {
                try await file.plan(next)
            } throws: { error in
                (error as? DiagnosticsError)?.diagnostics.map(\.code) == ["unsupported-change"]
            }
        }
    }
}
