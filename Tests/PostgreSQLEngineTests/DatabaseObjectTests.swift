import Foundation
import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// What belongs to the database and to no schema. Time budget: 15 s.
@Suite struct DatabaseObjectTests {
    private func inspect(
        _ sql: String, scope: Scope = .everything, major: Int = PrivatePostgreSQL.defaultMajor
    ) async throws -> Inspection<PostgreSQLObject> {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(sql)
            let found = try await PostgreSQLInspector.inspect(
                connection, scope: scope, detail: .full)
            // A database with a subscription cannot be dropped.
            for id in found.catalog.ids where id.kind.rawValue == "subscription" {
                for statement in found.catalog[id]?.removal ?? [] {
                    try await connection.execute(statement.text(.postgreSQL))
                }
            }
            await connection.close()
            return found
        }
    }

    // MARK: - Secrets

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func noSecretIsRead(major: Int) async throws {
        let found = try await inspect(
            """
            CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w
                OPTIONS (host 'a', access_token 'xhunterx');
            CREATE USER MAPPING FOR PUBLIC SERVER s OPTIONS (who 'me', password 'xhunterx');
            CREATE SUBSCRIPTION b CONNECTION 'host=a password=xhunterx dbname=d' PUBLICATION p
                WITH (connect = false, slot_name = NONE);
            """, major: major)
        let catalog = String(
            decoding: try JSONEncoder().encode(found.catalog.sorted), as: UTF8.self)
        #expect(!catalog.contains("hunter"))
        #expect(catalog.contains("dbname=d host=a"))
        #expect(
            !PostgreSQLManifests.manifests(for: found.catalog).contains {
                $0.text.contains("hunter")
            })
        let told = found.unmodelled.map { "\($0.object): \($0.what)" }
        #expect(!told.contains { $0.contains("hunter") })
        #expect(
            told == [
                "foreign server s: option access_token, which is taken for a secret and left alone",
                "subscription b: password of its connection, which is left alone",
                "user mapping s.public: option password, which is taken for a secret and left alone",
            ])
    }

    @Test(arguments: [
        "kind: UserMapping\nserver: s\nuser: public\noptions: { password: x }",
        "kind: ForeignServer\nname: s\nwrapper: w\noptions: { secret_key: x }",
        "kind: Subscription\nname: b\nconnection: host=a password=x\npublications: [p]",
    ])
    func noManifestHoldsASecret(manifest: String) {
        let codes = lowered(CanonicalizeTangles.text([manifest]), defaultSchema: "app")
            .diagnostics.map(\.code)
        #expect(codes == ["secret"])
    }

    // MARK: - Scratch

    /// A trigger of the manifests must not stop, or run in, the building of the rest.
    @Test func eventTriggersRestWhileOthersAreBuilt() async throws {
        let catalog = try await canonical([
            """
            kind: Function
            name: stop
            returns: event_trigger
            language: plpgsql
            body: begin raise exception 'no'; end

            """,
            """
            kind: EventTrigger
            name: stop_all
            event: ddl_command_start
            function: app.stop
            enabled: always

            """,
            """
            kind: Table
            name: t
            columns: { a: "integer[]" }
            checks: { c: "a[1] in (1, 2)" }

            """,
        ])
        let id = ObjectID(ClauseDefinition.Sort.eventTrigger.kind, "stop_all")
        guard case .plain(.clause(let trigger))? = catalog[id]?.definition else {
            Issue.record("there is no \(id)")
            return
        }
        #expect(trigger.values["enabled"] == VerbatimSQL("always"))
        #expect(catalog[.table("app", "t")] != nil)
    }

    /// A superuser makes the wrapper, and by that calls its validator.
    @Test func noValidatorOfAManifestIsCalledByASuperuser() async throws {
        await #expect(throws: DiagnosticsError.self) {
            try await canonical([
                """
                kind: Function
                name: look
                arguments: { options: "text[]", of: oid }
                returns: void
                language: plpgsql
                body: begin raise exception 'called by %', current_user; end

                """,
                "kind: ForeignDataWrapper\nname: w\nvalidator: app.look",
            ])
        }
    }

    // MARK: - What is managed

    private static let tied = """
        CREATE SCHEMA app; CREATE SCHEMA other; CREATE TABLE app.t (a int);
        CREATE TABLE other.t (a int); CREATE EXTENSION citext SCHEMA app;
        CREATE PUBLICATION ours FOR TABLE app.t; CREATE PUBLICATION theirs FOR TABLE other.t;
        CREATE PUBLICATION shared FOR TABLE app.t, other.t;
        CREATE PUBLICATION everyone FOR ALL TABLES;
        """

    private func managed(
        _ management: Management, declared: Set<ObjectID> = []
    ) async throws -> [String] {
        let scope = Scope(schemas: ["app"])
        let found = try await inspect(Self.tied, scope: scope)
        return management.managedPart(
            of: found.catalog, declared: declared, applied: [], scope: scope,
            standsAlone: PostgreSQL().standsAlone
        ).ids.filter { $0.kind == .publication || $0.kind == .extension }.map(\.name)
    }

    @Test func anAdHocRunManagesWhatIsTiedToItsSchemasAlone() async throws {
        #expect(try await managed(.adHoc) == ["citext", "ours"])
    }

    @Test func othersManageWhatIsDeclared() async throws {
        #expect(try await managed(Management()) == [])
        #expect(
            try await managed(Management(), declared: [.publication("everyone")]) == ["everyone"])
    }
}
