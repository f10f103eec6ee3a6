import Glibc
import PostgreSQLClient
import TestSupport
import Testing

/// Private servers: made, reached, refused and removed.
@Suite struct LocalServerTests {
    @Test(.timeLimit(.minutes(1)), arguments: PrivatePostgreSQL.testMajors)
    func startsStopsAndLeavesNothing(major: Int) async throws {
        let server = try await LocalServer.start(major: major)
        let connection = try await PostgreSQLConnection.connect(server.settings())
        #expect(connection.serverMajor == major)
        let row = try await connection.query(
            """
            SELECT current_setting('listen_addresses'), current_setting('fsync'),
                current_setting('server_encoding'), current_setting('lc_messages')
            """)[0]
        #expect((0..<4).map { row[$0] } == ["", "off", "UTF8", "C"])
        let byURL = try await PostgreSQLConnection.connect(ConnectionSettings(server.url()))
        #expect(byURL.description == connection.description)
        let folder = server.socketDirectory
        #expect(access(folder, F_OK) == 0)
        await server.stop()
        await server.stop()
        #expect(access(folder, F_OK) != 0)
        #expect(server.processID == nil)
    }

    @Test func nobodyElseCanReachIt() async throws {
        let server = try await PrivatePostgreSQL.shared().server
        var status = stat()
        #expect(lstat(server.socketDirectory, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o700)
        #expect(lstat(server.dataDirectory, &status) == 0)
        #expect(status.st_uid != 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func rootsServerTakesOnlyItsStarter() async throws {
        let server = try await LocalServer.start(major: PrivatePostgreSQL.defaultMajor)
        let connection = try await PostgreSQLConnection.connect(server.settings())
        try await connection.execute("CREATE ROLE ann LOGIN")
        if geteuid() == 0 {
            let error = try await failure {
                _ = try await PostgreSQLConnection.connect(server.settings(user: "ann"))
            }
            #expect(error.sqlstate == .invalidAuthorization)
        } else {
            _ = try await PostgreSQLConnection.connect(server.settings(user: "ann"))
        }
        await server.stop(immediate: true)
    }

    @Test func missingProgramsAreNamed() async throws {
        let error = try await failure {
            _ = try await LocalServer.start(major: 9)
        }
        #expect(error.kind == .localServer)
        #expect(error.message.contains("PostgreSQL 9"))
        #expect(error.message.contains("/usr/lib/postgresql/9/bin"))
        #expect(error.hint?.contains("postgresql-9") == true)
    }

    @Test(.timeLimit(.minutes(1)))
    func initdbsAndServersWordsAreShown() async throws {
        var options = LocalServer.Options()
        options.locale = "xx_NOWHERE"
        let locale = try await failure {
            _ = try await LocalServer.start(major: PrivatePostgreSQL.defaultMajor, options: options)
        }
        #expect(locale.message.contains("initdb"))
        #expect(locale.message.contains("xx_NOWHERE"))
        options = LocalServer.Options()
        options.settings = ["work_mem": "plenty"]
        let setting = try await failure {
            _ = try await LocalServer.start(major: PrivatePostgreSQL.defaultMajor, options: options)
        }
        #expect(setting.message.contains("work_mem"))
    }

    @Test func longFoldersAreRefused() async throws {
        let long = "/tmp/lockstep-" + String(repeating: "x", count: 90)
        mkdir(long, 0o700)
        defer { rmdir(long) }
        var options = LocalServer.Options()
        options.baseDirectory = long
        let error = try await failure {
            _ = try await LocalServer.start(major: PrivatePostgreSQL.defaultMajor, options: options)
        }
        #expect(error.message.contains("too long"))
    }

    /// The kernel ends the server of a killed process; its folder goes at the next start.
    @Test(.timeLimit(.minutes(1)))
    func whatAKilledProcessLeftIsSwept() async throws {
        let base = "/tmp/lockstep-sweep-\(getpid())"
        mkdir(base, 0o755)
        defer { rmdir(base) }
        var options = LocalServer.Options()
        options.baseDirectory = base
        let server = try await LocalServer.start(
            major: PrivatePostgreSQL.defaultMajor, options: options)
        let folder = String(server.socketDirectory.dropLast("/run".count))
        // The same folder under the name that a process of long ago would have given it.
        let parts = folder.split(separator: "-")
        let old = folder.replacing(
            "-\(getpid())-\(parts[parts.count - 2])-", with: "-\(getpid())-1-")
        let name = try #require(old.split(separator: "/").last)
        mkdir(old, 0o700)
        mkdir("\(old)/run", 0o700)
        if geteuid() == 0, let nobody = getpwnam("nobody") {
            chmod(old, 0o711)
            chown("\(old)/run", nobody.pointee.pw_uid, nobody.pointee.pw_gid)
        }
        #expect(name != folder.split(separator: "/").last)
        let second = try await LocalServer.start(
            major: PrivatePostgreSQL.defaultMajor, options: options)
        #expect(access(old, F_OK) != 0)
        #expect(access(folder, F_OK) == 0)
        await second.stop(immediate: true)
        await server.stop(immediate: true)
    }
}
