import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Time budget: 20 s.
@Suite struct SettlerTests {
    private func inspect(
        _ connection: PostgreSQLConnection
    ) async throws -> Catalog<PostgreSQLObject> {
        try await PostgreSQLInspector.inspect(connection, scope: .everything, detail: .full)
            .catalog
    }

    /// Settles from one state to another, and checks the settled catalog against what the live
    /// server prints after the same statements.
    private func settled(
        _ before: String, _ after: String, renames: [Rename] = [],
        provider: ScratchSettings.Provider = .local, major: Int = PrivatePostgreSQL.defaultMajor
    ) async throws -> (Settlement<PostgreSQLObject>, Catalog<PostgreSQLObject>) {
        let desired = try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(after)
            let catalog = try await inspect(connection)
            await connection.close()
            return catalog
        }
        return try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(before)
            let live = try await inspect(connection)
            let settlement = try await Settler(servers: scratchServers).settle(
                live: live, desired: desired, requested: renames, target: connection,
                settings: database.settings, scratch: ScratchSettings(provider: provider))
            let printed = try await carriedOut(settlement, live, desired, connection)
            let differences = difference(from: settlement.catalog, to: printed)
            #expect(differences.isEmpty)
            for object in printed.objects.values {
                let other = settlement.catalog[object.id]
                #expect(other?.dependencies == object.dependencies, "\(object.id)")
            }
            await connection.close()
            return (settlement, desired)
        }
    }

    /// The names that the server chose for NOT NULL constraints follow renames, as in a plan.
    private static let namesFollow = """
        DO $$ DECLARE k record; BEGIN
            FOR k IN SELECT n.conrelid::regclass AS t, n.conname,
                    c.relname || '_' || a.attname || '_not_null' AS name
                FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = n.conkey[1]
                WHERE n.contype = 'n' AND n.connamespace <> 'pg_catalog'::regnamespace
            LOOP
                IF k.conname <> k.name THEN
                    EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I',
                        k.t, k.conname, k.name);
                END IF;
            END LOOP;
        END $$
        """

    /// Does to the live database what the settlement says, and reads it.
    private func carriedOut(
        _ settlement: Settlement<PostgreSQLObject>, _ live: Catalog<PostgreSQLObject>,
        _ desired: Catalog<PostgreSQLObject>, _ connection: PostgreSQLConnection
    ) async throws -> Catalog<PostgreSQLObject> {
        for place in settlement.renames.indices {
            let statements = RenameStatement.all(
                place, of: settlement.renames, live: live, desired: desired)
            for sql in statements.forward {
                try await connection.query(sql.text(.postgreSQL))
            }
        }
        if connection.serverMajor >= 18 { try await connection.execute(Self.namesFollow) }
        var waiting = settlement.removed
        for _ in 0..<10 where !waiting.isEmpty {
            var left: [PostgreSQLObject] = []
            for object in waiting {
                do {
                    for statement in object.removal {
                        try await connection.query(statement.text(.postgreSQL))
                    }
                } catch let error as PostgreSQLError {
                    if error.sqlstate == .dependentObjectsStillExist { left.append(object) }
                }
            }
            waiting = left
        }
        #expect(waiting.isEmpty)
        for object in desired.sorted where object.id.kind == .enum {
            if settlement.catalog[object.id] == nil {
                try await connection.query(object.creation[0].text(.postgreSQL))
            }
        }
        for retype in settlement.retyped {
            guard case .column(let column)? = desired[retype.column]?.definition else { continue }
            let table = Array(retype.column.path.prefix(2))
            let name: SQL = "\(name: retype.column.name)"
            var sql: SQL = "ALTER TABLE \(name: table) ALTER \(name) TYPE \(verbatim: column.type)"
            if let collation = column.collation { sql += " COLLATE \(collation.sql)" }
            if retype.needsCast {
                sql += " USING \(name: retype.column.name)::\(verbatim: column.type)"
            }
            try await connection.query(sql.text(.postgreSQL))
        }
        return try await inspect(connection).filter {
            $0.id.kind != .enum || settlement.catalog[$0.id] != nil
        }
    }

    private static let shop = """
        CREATE SCHEMA app;
        CREATE TYPE app.status AS ENUM ('on', 'off');
        CREATE TABLE app.users (
            id serial PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY,
            name text NOT NULL DEFAULT 'x', status app.status DEFAULT 'on',
            length integer GENERATED ALWAYS AS (length(name)) STORED,
            CONSTRAINT users_name_check CHECK (name <> ''));
        CREATE INDEX users_lower_idx ON app.users (lower(name)) WHERE name <> 'root';
        CREATE TABLE app.posts (id integer PRIMARY KEY, author integer REFERENCES app.users,
            title varchar(20) UNIQUE);
        CREATE VIEW app.names AS SELECT id, name FROM app.users WHERE status = 'on';
        CREATE VIEW app.more AS SELECT n.name, p.title FROM app.names n JOIN app.posts p
            ON p.author = n.id;
        COMMENT ON COLUMN app.users.name IS 'how to call them';
        COMMENT ON INDEX app.users_lower_idx IS 'for search';
        """

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func aRenamedTableAndColumn(major: Int) async throws {
        let after = Self.shop.replacing("users_id_seq", with: "people_id_seq")
            .replacing("app.users", with: "app.people").replacing("name text", with: "label text")
            .replacing("INDEX app.people", with: "INDEX app.users")
            .replacing("length(name)", with: "length(label)")
            .replacing("name <>", with: "label <>").replacing("lower(name)", with: "lower(label)")
            .replacing("id, name FROM", with: "id, label AS name FROM")
            .replacing("people.name IS", with: "people.label IS")
        let (settlement, desired) = try await settled(
            Self.shop, after,
            renames: [
                Rename(
                    from: .column("app", "users", "name"), to: .column("app", "people", "label")),
                Rename(from: .table("app", "users"), to: .table("app", "people")),
            ], major: major)
        #expect(difference(from: settlement.catalog, to: desired).isEmpty)
        #expect(settlement.retyped.isEmpty && settlement.removed.isEmpty)
        #expect(
            settlement.renames.prefix(2) == [
                Rename(from: .table("app", "users"), to: .table("app", "people")),
                Rename(
                    from: .column("app", "people", "name"), to: .column("app", "people", "label")),
            ])
        #expect(
            Set(settlement.renames.dropFirst(2).map(\.to)).isSuperset(of: [
                .sequence("app", "people_id_seq"), .sequence("app", "people_n_seq"),
                .constraint("app", "people", "people_pkey"),
            ]))
    }

    @Test func aSchemaATypeAndALabel() async throws {
        let (settlement, desired) = try await settled(
            Self.shop,
            Self.shop.replacing("app.status", with: "app.state").replacing("'off'", with: "'away'")
                .replacing("app.", with: "core.").replacing("SCHEMA app", with: "SCHEMA core"),
            renames: [
                Rename(from: .schema("app"), to: .schema("core")),
                Rename(from: .enum("app", "status"), to: .enum("core", "state")),
                Rename(
                    from: .enumLabel("app", "status", "off"),
                    to: .enumLabel("core", "state", "away")),
            ])
        #expect(difference(from: settlement.catalog, to: desired).isEmpty)
        #expect(settlement.renames.count == 3)
    }

    @Test func aTableMovesWithItsIndexesAndSequences() async throws {
        let (settlement, desired) = try await settled(
            "CREATE SCHEMA b; \(Self.shop)",
            "CREATE SCHEMA b; "
                + Self.shop.replacing("app.users", with: "b.people")
                .replacing("INDEX app.users_lower", with: "INDEX b.users_lower")
                .replacing("INDEX b.people_lower", with: "INDEX b.users_lower"),
            renames: [Rename(from: .table("app", "users"), to: .table("b", "people"))])
        let left = difference(from: settlement.catalog, to: desired).map(\.id)
        #expect(left.isEmpty)
        #expect(settlement.catalog[.index("b", "users_lower_idx")] != nil)
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func aTypeThatViewsAndGeneratedColumnsStandOn(major: Int) async throws {
        let (settlement, _) = try await settled(
            Self.shop, Self.shop.replacing("name text", with: "name varchar(50)"), major: major)
        #expect(settlement.renames.isEmpty)
        #expect(
            settlement.retyped.map(\.column) == [.column("app", "users", "name")])
        #expect(settlement.retyped.first?.needsCast == false)
        #expect(settlement.retyped.first?.rewrites == true)
        #expect(
            settlement.removed.map(\.id) == [
                .column("app", "users", "length"), .view("app", "more"), .view("app", "names"),
            ])
    }

    @Test func wideningRewritesNothing() async throws {
        let (settlement, desired) = try await settled(
            "CREATE SCHEMA app; CREATE TABLE app.t (a varchar(20) UNIQUE CHECK (a <> ''))",
            "CREATE SCHEMA app; CREATE TABLE app.t (a text UNIQUE CHECK (a <> ''))")
        #expect(settlement.retyped.first?.rewrites == false)
        // The check is the one thing that the new type's own table would print in another way.
        let left = difference(from: settlement.catalog, to: desired).map(\.id)
        #expect(left.allSatisfy { $0 == .constraint("app", "t", "t_a_check") })
    }

    @Test func textBecomesAnEnumThatIsNotThereYet() async throws {
        let (settlement, _) = try await settled(
            "CREATE SCHEMA app; CREATE TABLE app.t (s text DEFAULT 'on', i int)",
            """
            CREATE SCHEMA app; CREATE TYPE app.status AS ENUM ('on', 'off');
            CREATE TABLE app.t (s app.status DEFAULT 'on', i int)
            """)
        #expect(settlement.retyped.map(\.needsCast) == [true])
        #expect(settlement.removed.map(\.id) == [.columnDefault("app", "t", "s")])
        #expect(settlement.catalog[.enum("app", "status")] == nil)
    }

    @Test func bothSidesOfAForeignKey() async throws {
        let before = """
            CREATE SCHEMA app; CREATE TABLE app.a (id integer PRIMARY KEY);
            CREATE TABLE app.b (a integer REFERENCES app.a);
            """
        let (wider, _) = try await settled(before, before.replacing("integer", with: "bigint"))
        #expect(wider.retyped.count == 2)
        #expect(wider.removed.isEmpty)
        let (other, _) = try await settled(before, before.replacing("integer", with: "text"))
        #expect(other.retyped.count == 2)
        #expect(other.removed.map(\.id) == [.constraint("app", "b", "b_a_fkey")])
    }

    @Test func onlyNamesDiffer() async throws {
        let (settlement, desired) = try await settled(
            """
            CREATE SCHEMA app; CREATE TABLE app.t (a int CONSTRAINT k PRIMARY KEY,
                b int CONSTRAINT c CHECK (b > 0)); CREATE INDEX i ON app.t (b);
            COMMENT ON CONSTRAINT c ON app.t IS 'x'
            """,
            """
            CREATE SCHEMA app; CREATE TABLE app.t (a int PRIMARY KEY, b int CHECK (b > 0));
            CREATE INDEX ON app.t (b); COMMENT ON CONSTRAINT t_b_check ON app.t IS 'x'
            """, provider: .url("postgresql:///x?host=/nowhere"))
        #expect(difference(from: settlement.catalog, to: desired).isEmpty)
        #expect(settlement.renames.count == 3)
    }

    @Test func nothingToSettleNeedsNoScratch() async throws {
        let (settlement, desired) = try await settled(
            Self.shop, Self.shop + "CREATE TABLE app.another (id int)",
            provider: .url("postgresql:///x?host=/nowhere"))
        #expect(settlement.renames.isEmpty && settlement.retyped.isEmpty)
        #expect(difference(from: settlement.catalog, to: desired).count == 2)
    }

    @Test func whatCannotBeConvertedIsTold() async throws {
        let error = await #expect(throws: DiagnosticsError.self) {
            try await settled(
                "CREATE SCHEMA app; CREATE TABLE app.t (a integer)",
                "CREATE SCHEMA app; CREATE TABLE app.t (a uuid)")
        }
        #expect(error?.diagnostics.map(\.code) == ["unsupported-change"])
        #expect(error?.diagnostics.first?.help?.contains("new column") == true)
    }
}
