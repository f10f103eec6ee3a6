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
        await #expect(processExitsWith: .signal(SIGKILL)) {
            var options = LocalServer.Options()
            options.baseDirectory = "/tmp/lockstep-sweep-\(getppid())"
            _ = try await LocalServer.start(
                major: PrivatePostgreSQL.defaultMajor, options: options)
            kill(getpid(), SIGKILL)
        }
        let left = try #require(names(in: base).first)
        // A server that has ended by now has taken its file away.
        if let pid = serverPID("\(base)/\(left)/run/data/postmaster.pid") {
            for _ in 0..<1000 where kill(pid, 0) == 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(kill(pid, 0) != 0)
        }

        var options = LocalServer.Options()
        options.baseDirectory = base
        let server = try await LocalServer.start(
            major: PrivatePostgreSQL.defaultMajor, options: options)
        #expect(names(in: base).count == 1)
        #expect(!names(in: base).contains(left))
        await server.stop(immediate: true)
        #expect(names(in: base).isEmpty)
    }

    private func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private func serverPID(_ path: String) -> pid_t? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = fread(&bytes, 1, bytes.count, file)
        return pid_t(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
    }
}
