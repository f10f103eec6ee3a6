import Foundation
import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Time budget: 10 s.
@Suite struct ScratchServersTests {
    private func scratchDatabases(_ connection: PostgreSQLConnection) async throws -> [String] {
        try await connection.query(
            "SELECT datname FROM pg_database WHERE datname LIKE 'lockstep\\_scratch\\_%'"
        ).map { row in try row.text(0) }
    }

    private func traits(_ database: TestDatabase) async throws -> ScratchTraits {
        let connection = try await database.connect()
        let traits = try await ScratchTraits.read(connection)
        await connection.close()
        return traits
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func aPrivateServerGivesADatabaseLikeTheTarget(major: Int) async throws {
        let servers = ScratchServers()
        let options = "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'"
        try await PrivatePostgreSQL.withDatabase(major: major, options: options) { database in
            let target = try await database.connect()
            try await target.execute("CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext")
            let wanted = try await ScratchTraits.read(target)
            #expect(wanted.extensions.map(\.name) == ["pg_trgm", "plpgsql"])
            let (role, _) = try await servers.withDatabase(
                .local, like: wanted, target: database.settings
            ) { scratch in
                let got = try await ScratchTraits.read(scratch.connection)
                #expect(got.encoding == "LATIN1")
                #expect(got.collate == "C")
                #expect(got.extensions == wanted.extensions)
                #expect(scratch.existing.contains(.schema("ext")))
                #expect(scratch.notes.isEmpty)
                let rows = try await scratch.connection.query(
                    """
                    SELECT current_user, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication
                    FROM pg_roles WHERE rolname = current_user
                    """)
                #expect(try !rows[0].bool(1))
                return try rows[0].text(0)
            }
            #expect(role == ScratchServers.role)
            await target.close()
        }
        await servers.stop()
    }

    @Test("several runs at once give their roles one tablespace, each in its turn")
    func tablespaceOfMany() async throws {
        let major = try #require(PrivatePostgreSQL.testMajors.first { $0 >= 15 })
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let space = "\(database.name)_space"
            let roles = (1...8).map { "\(database.name)_role\($0)" }
            let admin = try await database.connect()
            try await admin.set("allow_in_place_tablespaces", to: "on")
            try await admin.query("CREATE TABLESPACE \(space) LOCATION ''")
            for role in roles { try await admin.query("CREATE ROLE \(role)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for role in roles {
                    group.addTask {
                        let connection = try await database.connect()
                        try await ScratchMaker.allow(role, tablespace: space, connection)
                        await connection.close()
                    }
                }
                try await group.waitForAll()
            }
            for role in roles {
                let rows = try await admin.query(
                    "SELECT has_tablespace_privilege($1, $2, 'CREATE')", [role, space])
                #expect(try rows[0].bool(0))
            }
            try await admin.query("DROP TABLESPACE \(space)")
            for role in roles { try await admin.query("DROP ROLE \(role)") }
            await admin.close()
        }
    }

    @Test func nothingReachesBeyondTheScratchDatabase() async throws {
        let servers = ScratchServers()
        try await PrivatePostgreSQL.withDatabase { database in
            let traits = try await traits(database)
            _ = try await servers.withDatabase(
                .local, like: traits, target: database.settings
            ) { scratch in
                for statement in [
                    "CREATE DATABASE other", "CREATE ROLE other", "ALTER SYSTEM SET work_mem = 1",
                    "COPY (SELECT 1) TO PROGRAM 'true'", "SET ROLE postgres",
                    "SET SESSION AUTHORIZATION postgres", "SELECT pg_read_file('/etc/passwd')",
                    "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p",
                    "CREATE TABLESPACE t LOCATION '/tmp'",
                    "CREATE FUNCTION f() RETURNS int LANGUAGE c AS '/tmp/x.so', 'f'",
                ] {
                    await #expect(throws: PostgreSQLError.self, "\(statement)") {
                        try await scratch.connection.query(statement)
                    }
                }
            }
        }
        await servers.stop()
    }

    @Test func theTargetsServerGivesADatabaseToARoleOfItsOwn() async throws {
        let servers = ScratchServers()
        try await PrivatePostgreSQL.withDatabase { database in
            let traits = try await traits(database)
            let admin = try await database.connect()
            let ((name, role), notes) = try await servers.withDatabase(
                .sameServer, like: traits, target: database.settings
            ) { scratch in
                let rows = try await scratch.connection.query(
                    "SELECT current_user, count(*) FROM pg_auth_members m "
                        + "WHERE m.member = current_user::regrole GROUP BY 1")
                #expect(rows.isEmpty, "it is a member of nothing")
                return (scratch.name, scratch.role)
            }
            #expect(role == name)
            #expect(notes.isEmpty)
            #expect(try await !scratchDatabases(admin).contains(name))
            let roles = try await admin.query("SELECT FROM pg_roles WHERE rolname = $1", [name])
            #expect(roles.isEmpty)
            await admin.close()
        }
    }

    @Test func aRoleThatMayNotMakeRolesBuildsAsItselfWithANote() async throws {
        let servers = ScratchServers()
        try await PrivatePostgreSQL.withDatabase { database in
            let admin = try await database.connect()
            let role = "builder_\(database.name)"
            try await admin.execute("CREATE ROLE \(role) LOGIN CREATEDB")
            let traits = try await traits(database)
            var settings = database.settings
            settings.user = role
            let (used, notes) = try await servers.withDatabase(
                .sameServer, like: traits, target: settings
            ) { try await $0.connection.query("SELECT current_user")[0].text(0) }
            #expect(used == role)
            #expect(notes.map(\.code) == ["scratch-role"])
            try await admin.execute("ALTER ROLE \(role) NOCREATEDB")
            let error = await #expect(throws: EngineError.self) {
                try await servers.withDatabase(.sameServer, like: traits, target: settings) {
                    _ in
                }
            }
            #expect(error?.kind == .privilege)
            #expect(error?.help?.contains("CREATEDB") == true)
            try await admin.execute("DROP ROLE \(role)")
            await admin.close()
        }
    }

    /// A process is killed while it has a scratch database; the next use of the server removes it,
    /// and leaves alone what a living process has.
    @Test func whatAKilledProcessLeftIsRemoved() async throws {
        let own = try await PrivatePostgreSQL.start()
        let url = own.server.url()
        await #expect(processExitsWith: .signal(SIGKILL)) { [url = url as String] in
            let settings = try ConnectionSettings(url)
            let connection = try await PostgreSQLConnection.connect(settings)
            let traits = try await ScratchTraits.read(connection)
            _ = try await ScratchServers().withDatabase(
                .sameServer, like: traits, target: settings
            ) { scratch in
                #expect(scratch.role == scratch.name)
                kill(getpid(), SIGKILL)
            }
        }
        let settings = own.server.settings()
        let admin = try await PostgreSQLConnection.connect(settings)
        let left = try await scratchDatabases(admin)
        #expect(left.count == 1)
        let traits = try await ScratchTraits.read(admin)
        let servers = ScratchServers()
        try await admin.execute("CREATE DATABASE lockstep_scratch_mine CONNECTION LIMIT 90000000")
        _ = try await servers.withDatabase(.sameServer, like: traits, target: settings) { outer in
            let (inner, _) = try await servers.withDatabase(
                .sameServer, like: traits, target: settings
            ) { $0.name }
            let now = try await scratchDatabases(admin)
            #expect(Set(now) == [outer.name, "lockstep_scratch_mine"])
            #expect(inner != outer.name)
        }
        // Made long ago and never leased: its maker died in between.
        try await admin.execute("ALTER DATABASE lockstep_scratch_mine CONNECTION LIMIT 1")
        _ = try await servers.withDatabase(.sameServer, like: traits, target: settings) { _ in }
        #expect(try await scratchDatabases(admin).isEmpty)
        await admin.close()
        await own.stop()
    }

    @Test func theLeaseTellsWhoIsGone() throws {
        var lease = ScratchLease.current(expires: 1_000)
        #expect(!lease.isOver(now: 999))
        #expect(lease.isOver(now: 1_001))
        lease.started += "1"
        #expect(lease.isOver(now: 999), "the number belongs to a later process")
        lease.boot = "another host's"
        #expect(!lease.isOver(now: 999), "what cannot be seen is not gone")
    }

    @Test func aServerOfAnotherVersionIsRefused() async throws {
        let servers = ScratchServers()
        try await PrivatePostgreSQL.withDatabase { database in
            var traits = try await traits(database)
            traits.versionNumber += 10_000
            let wanted = traits
            let error = await #expect(throws: EngineError.self) {
                try await servers.withDatabase(
                    .url(database.url), like: wanted, target: database.settings
                ) { _ in }
            }
            #expect(error?.kind == .unsupported)
            traits.versionNumber = 990_000
            let none = traits
            let missing = await #expect(throws: EngineError.self) {
                try await servers.withDatabase(.local, like: none, target: database.settings) {
                    _ in
                }
            }
            #expect(missing?.help?.contains("postgresql-99") == true)
        }
    }

    @Test func anExtensionThatIsMissingLeadsToTheTargetsServer() async throws {
        let servers = ScratchServers()
        try await PrivatePostgreSQL.withDatabase { database in
            var traits = try await traits(database)
            traits.extensions.append(.init(name: "no_such", version: "1", schema: "public"))
            let wanted = traits
            for provider in [ScratchSettings.Provider.local, .automatic] {
                let error = await #expect(throws: EngineError.self) {
                    try await servers.withDatabase(
                        provider, like: wanted, target: database.settings
                    ) { _ in }
                }
                let place = provider == .local ? "private server" : "target's server"
                #expect(error?.message.contains(place) == true)
                #expect(error?.help != nil)
            }
        }
        await servers.stop()
    }
}
