import Foundation
import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// The private servers that all tests of scratch builds share.
let scratchServers = ScratchServers()

/// What objects mean to a server of that version, with what the target has.
func canonical(
    _ objects: [PostgreSQLObject], major: Int = PrivatePostgreSQL.defaultMajor,
    live: String = "", cache: String? = nil, provider: ScratchSettings.Provider = .local
) async throws -> Catalog<PostgreSQLObject> {
    try await PrivatePostgreSQL.withDatabase(major: major) { database in
        let connection = try await database.connect()
        if !live.isEmpty { try await connection.execute(live) }
        let settings = database.settings
        let target = Canonicalizer.Target(connection: connection, settings: settings) {
            let other = try await PostgreSQLConnection.connect(settings)
            let everything = try await PostgreSQLInspector.inspect(
                other, scope: .everything, detail: .full)
            await other.close()
            return everything
        }
        let result = try await Canonicalizer(servers: scratchServers).canonicalize(
            objects, scope: Scope(schemas: ["app"]), for: target,
            scratch: ScratchSettings(provider: provider, cacheDirectory: cache))
        await connection.close()
        return result.catalog
    }
}

/// The same for manifests, whose documents leave out `apiVersion`.
func canonical(
    _ documents: [String], major: Int = PrivatePostgreSQL.defaultMajor, live: String = "",
    cache: String? = nil
) async throws -> Catalog<PostgreSQLObject> {
    let lowered = lowered(CanonicalizeTangles.text(documents), defaultSchema: "app")
    #expect(lowered.diagnostics.map { $0.rendered() } == [])
    return try await canonical(lowered.objects, major: major, live: live, cache: cache)
}

/// Time budget: 40 s.
@Suite struct CanonicalizerTests {
    /// The manifests and their canonical form mean the same.
    @Test(
        arguments: CanonicalizeTangles.all.indices, PrivatePostgreSQL.testMajors)
    func buildsFromEmpty(_ index: Int, major: Int) async throws {
        let tangle = CanonicalizeTangles.all[index]
        let catalog: Catalog<PostgreSQLObject>
        do {
            catalog = try await canonical(tangle.documents, major: major)
        } catch let error as DiagnosticsError {
            Issue.record("\(tangle.name): \(error.diagnostics.map { $0.rendered() })")
            return
        }
        #expect(catalog.count >= tangle.documents.count, "\(tangle.name)")
        let again = try await canonical(catalog.sorted.shuffled(), major: major)
        #expect(difference(from: catalog, to: again).isEmpty, "\(tangle.name)")
    }

    @Test func overloadsAreAllThereWhenOneIsChosen() async throws {
        let tangle = try #require(
            CanonicalizeTangles.all.first { $0.name == "overloaded functions" })
        let catalog = try await canonical(tangle.documents)
        let value = try #require(catalog[.columnDefault("app", "t", "a")])
        #expect(value.dependencies.contains(.function("app", "o", ["integer"])))
    }

    @Test func columnsKeepTheirOrderAndNothingUndeclaredIsAdded() async throws {
        let catalog = try await canonical(
            [
                """
                kind: Table
                name: t
                columns:
                  z: integer
                  g: { type: integer, generated: f(z) }
                  a: { type: integer, default: f(1) }
                """,
                """

                kind: Function
                name: f
                arguments: [integer]
                returns: integer
                sqlBody: return $1 + (select count(*) from app.u)::integer
                volatility: immutable

                """,
                "kind: Table\nname: u\ncolumns: { whole: { type: integer } }\n",
            ].map { $0 + "\n" }, live: "CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext")
        let columns = catalog.sorted.filter { $0.parent == .table("app", "t") }
            .filter { $0.id.kind == .column }.sorted { $0.position < $1.position }
        #expect(columns.map(\.id.name) == ["z", "g", "a"])
        #expect(catalog.ids.filter { $0.kind == .extension } == [])
        #expect(catalog.ids.filter { $0.kind == .schema }.map(\.name) == ["app"])
    }

    @Test func aDeclaredExtensionHasTheTargetsVersion() async throws {
        let documents = [
            "kind: Extension\nname: pg_trgm\nschema: app\n",
            """
            kind: Table
            name: t
            columns: { a: text }
            indexes: { i: { method: gin, columns: [{ column: a, opclass: gin_trgm_ops }] } }

            """,
        ]
        let catalog = try await canonical(
            documents, live: "CREATE SCHEMA app; CREATE EXTENSION pg_trgm SCHEMA app VERSION '1.3'")
        guard case .extension(let definition)? = catalog[.extension("pg_trgm")]?.definition else {
            Issue.record("the extension is missing")
            return
        }
        #expect(definition.version == "1.3")
        #expect(catalog[.index("app", "i")] != nil)
        let fresh = try await canonical(documents)
        #expect(fresh[.extension("pg_trgm")] != nil)
    }

    @Test func borrowsFromTheTargetWhatNobodyDeclares() async throws {
        let catalog = try await canonical(
            [
                """
                kind: Table
                name: t
                columns: { id: integer, kind: { type: other.kind, default: "'a'" } }
                foreignKeys:
                  k: { columns: [id], references: { schema: other, table: t, columns: [id] } }

                """,
                "kind: View\nname: v\nquery: select id, other.f(id) as x from other.w\n",
            ],
            live: """
                CREATE SCHEMA other;
                CREATE TYPE other.kind AS ENUM ('a', 'b');
                CREATE TABLE other.unrelated (a integer);
                CREATE TABLE other.t (id integer PRIMARY KEY, up integer REFERENCES other.t);
                CREATE FUNCTION other.f(integer) RETURNS integer LANGUAGE sql
                    AS 'select $1' IMMUTABLE;
                CREATE VIEW other.w AS SELECT id FROM other.t;
                """)
        #expect(catalog.ids.allSatisfy { ($0.subject ?? $0).path[0] == "app" })
        let key = try #require(catalog[.constraint("app", "t", "k")])
        #expect(key.dependencies.contains(.constraint("other", "t", "t_pkey")))
        #expect(catalog[.view("app", "v")]?.dependencies.contains(.view("other", "w")) == true)
    }

    @Test func functionsThatOnlyASuperuserMayMakeAreMade() async throws {
        let catalog = try await canonical([
            """
            kind: Function
            name: f
            arguments: [integer]
            returns: integer
            language: sql
            leakproof: true
            body: select $1

            """
        ])
        guard
            case .function(let definition)? = catalog[.function("app", "f", ["integer"])]?
                .definition
        else {
            Issue.record("the function is missing")
            return
        }
        #expect(definition.isLeakproof)
    }

    @Test func theCacheNeedsNoScratch() async throws {
        let directory = NSTemporaryDirectory() + "lockstep-cache-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let documents = ["kind: Table\nname: t\ncolumns: { a: varchar(3) }\n"]
        let first = try await canonical(documents, cache: directory)
        let objects = lowered(CanonicalizeTangles.text(documents), defaultSchema: "app").objects
        // A provider that cannot give anything shows that none is asked.
        let second = try await canonical(
            objects, cache: directory, provider: .url("postgresql:///x?host=/nowhere"))
        #expect(first == second)
    }
}

/// Time budget: 10 s.
@Suite struct CanonicalizeDiagnosticsTests {
    func refusals(_ documents: [String], live: String = "") async throws -> [Diagnostic] {
        do {
            _ = try await canonical(documents, live: live)
            return []
        } catch let error as DiagnosticsError {
            return error.diagnostics
        }
    }

    @Test func allErrorsAreToldAtTheirPlaces() async throws {
        let found = try await refusals([
            """
            kind: Table
            name: t
            columns:
              a: integr
              b: { type: integer, default: nosuch(1) }
              c: varchr(3)
              d: integer
            checks: { c1: "d > 'x'", c2: dd > 0, c3: d > }
            indexes: { i: { columns: [(lowr(d))] } }

            """,
            "kind: View\nname: v\nquery: select nope from app.t2\n",
            "kind: View\nname: w\nquery: select d from t\n",
            "kind: Function\nname: f\nreturns: integer\nlanguage: sql\nbody: select x from y\n",
        ])
        let lines = found.map { "\($0.span?.start.line ?? 0):\($0.span?.start.column ?? 0)" }
        let codes = found.map(\.code)
        let all = zip(lines, codes).map { "\($0) \($1)" }
        #expect(
            all.sorted()
                == [
                    "5:6 missing-reference", "6:32 missing-reference", "7:6 missing-reference",
                    "9:15 refused", "9:30 missing-reference", "9:42 sql-syntax",
                    "10:28 missing-reference", "15:25 missing-reference", "24:7 invalid-body",
                ].sorted(), "\(found.map { $0.rendered() }.joined(separator: "\n"))")
        #expect(found.allSatisfy { $0.help?.isEmpty == false && $0.span != nil })
        #expect(found.first?.help == "did you mean \"integer\"?")
    }

    @Test func aDanglingReferenceTellsWhatWasMeant() async throws {
        let found = try await refusals([
            "kind: Table\nname: orders\ncolumns: { a: integer }\n",
            "kind: View\nname: v\nquery: select a from app.order\n",
            "kind: View\nname: w\nquery: select a from app.ordrs\n",
            "kind: View\nname: x\nquery: select a from app.completely_different\n",
        ])
        #expect(found.map(\.code) == Array(repeating: "missing-reference", count: 3))
        #expect(found.dropFirst().first?.help == "did you mean \"app.orders\"?")
        #expect(found.last?.help?.contains("No manifest declares") == true)
    }

    @Test func aCycleThatCannotBeBuiltIsTold() async throws {
        let found = try await refusals([
            "kind: View\nname: a\nquery: select x from b\n",
            "kind: View\nname: b\nquery: select x from a\n",
        ])
        #expect(found.map(\.code) == ["missing-reference", "missing-reference"])
        #expect(found.first?.help?.contains("if each needs the other") == true)
    }

    @Test func bodiesAreCheckedWhenEverythingIsThere() async throws {
        let found = try await refusals([
            "kind: Table\nname: t\ncolumns: { a: integer }\n",
            """
            kind: Function
            name: good
            returns: bigint
            language: sql
            body: select count(a) from t

            """,
            """
            kind: Function
            name: bad
            returns: bigint
            language: sql
            body: |
              select count(*)
              from nowhere

            """,
            """
            kind: Function
            name: worse
            returns: void
            language: plpgsql
            body: begin selec 1; end

            """,
            """
            kind: Function
            name: own_path
            returns: bigint
            language: sql
            settings: { search_path: nothing }
            body: select count(a) from t

            """,
        ])
        #expect(found.map(\.code) == ["invalid-body", "invalid-body", "invalid-body"])
        #expect(
            found.contains { $0.notes.contains { $0.message.contains("in line 2") } },
            "\(found.map { $0.rendered() })")
    }

    @Test func nothingCanBeSmuggledIntoAnExpression() async throws {
        let found = try await refusals([
            """
            kind: Table
            name: t
            columns: { a: integer }
            checks: { c: "true); create table app.hidden (x integer" }

            """
        ])
        #expect(found.map(\.code) == ["sql-syntax"])
        let closed = try await refusals([
            """
            kind: Table
            name: t
            columns: { a: integer }
            checks: { c: "true); create table app.hidden (x integer); --" }

            """
        ])
        #expect(closed.count == 1)
    }

    @Test func extensionsThatTheTargetLacksAreToldAtOnce() async throws {
        let found = try await refusals([
            "kind: Extension\nname: no_such_extension\n",
            "kind: Extension\nname: pg_trgm\nversion: '99.9'\n",
        ])
        #expect(found.map(\.code) == ["extension-unavailable", "extension-unavailable"])
        #expect(found.last?.help?.contains("1.") == true)
        #expect(found.allSatisfy { $0.span != nil })
    }
}

/// Time budget: 20 s.
@Suite struct CanonicalizeSizeTests {
    /// 1,000 tables with ten columns, three indexes and a foreign key each.
    @Test func aThousandTables() async throws {
        var objects: [PostgreSQLObject] = [
            PostgreSQLObject(.schema("app"), .schema(SchemaDefinition()))
        ]
        for number in 0..<1_000 {
            let name = "t\(number)"
            objects.append(PostgreSQLObject(.table("app", name), .table(TableDefinition())))
            for column in 0..<10 {
                objects.append(
                    PostgreSQLObject(
                        .column("app", name, "c\(column)"),
                        .column(
                            ColumnDefinition(type: VerbatimSQL("integer"), isNotNull: true)),
                        position: column))
            }
            objects.append(
                PostgreSQLObject(
                    .constraint("app", name, "\(name)_pkey"),
                    .constraint(.init(rule: .primaryKey(.init(columns: ["c0"]))))))
            for index in 1...3 {
                objects.append(
                    PostgreSQLObject(
                        .index("app", "\(name)_\(index)"),
                        .index(.init(table: name, keys: [.init(.column("c\(index)"))]))))
            }
            objects.append(
                PostgreSQLObject(
                    .constraint("app", name, "fk"),
                    .constraint(
                        .init(
                            rule: .foreignKey(
                                .init(
                                    columns: ["c4"],
                                    table: .init(schema: "app", name: "t\(999 - number)"),
                                    referencedColumns: ["c0"]))))))
        }
        #expect(try await canonical(objects).count == objects.count)
    }
}
