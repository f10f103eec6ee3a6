// Owns the PostgreSQL servers of tests: one of each major version for the whole test process, and
// throw-away ones for tests that kill them.

import Glibc
public import PostgreSQLClient
import Synchronization

/// A real server for tests, started from installed programs and reached by a Unix socket.
public final class PrivatePostgreSQL: Sendable {
    /// The server.
    public let server: LocalServer
    private let admin: PostgreSQLConnection
    private static let counter = Atomic<Int>(0)

    /// The major versions that tests with a version as parameter run on: those of
    /// `LOCKSTEP_PG_VERSIONS` (`15,18`), else 15, and 18 if its programs are installed.
    public static let testMajors: [Int] = {
        if let given = getenv("LOCKSTEP_PG_VERSIONS").map({ String(cString: $0) }), !given.isEmpty {
            return given.split { $0 == "," || $0 == " " }.map { word in
                guard let major = Int(word) else {
                    preconditionFailure("LOCKSTEP_PG_VERSIONS holds \(word), which is no number")
                }
                return major
            }
        }
        return [15] + (LocalServer.Binaries.find(major: 18) == nil ? [] : [18])
    }()

    /// The version for tests that need no other.
    public static var defaultMajor: Int { testMajors[0] }

    private init(_ server: LocalServer, _ admin: PostgreSQLConnection) {
        self.server = server
        self.admin = admin
    }

    /// The major version.
    public var major: Int { server.major }

    /// The server of this test process, started at the first call.
    public static func shared(major: Int = defaultMajor) async throws -> PrivatePostgreSQL {
        try await SharedServers.instance.server(major: major)
    }

    /// A server of its own for a test that stops or kills it. Stop it when done.
    public static func start(
        major: Int = defaultMajor, extraSettings: [String: String] = [:]
    ) async throws -> PrivatePostgreSQL {
        var options = LocalServer.Options()
        options.trustsEveryRole = true
        options.settings = extraSettings
        return try await start(options, major: major)
    }

    static func start(
        _ options: LocalServer.Options, major: Int
    ) async throws -> PrivatePostgreSQL {
        let server = try await LocalServer.start(major: major, options: options)
        return PrivatePostgreSQL(server, try await .connect(server.settings()))
    }

    /// Runs a test on a new, empty database of the shared server and drops it afterwards.
    public static func withDatabase<Value>(
        major: Int = defaultMajor, named name: String? = nil, options: String = "",
        _ body: nonisolated(nonsending) (TestDatabase) async throws -> Value
    ) async throws -> Value {
        try await shared(major: major).withDatabase(named: name, options: options, body)
    }

    /// Runs a test on a new, empty database and drops it afterwards.
    ///
    /// - Parameters:
    ///   - name: Its name, of lower-case letters, digits and `_`; one of its own by default.
    ///   - options: More of CREATE DATABASE, such as `TEMPLATE template0 ENCODING 'SQL_ASCII'`.
    public nonisolated(nonsending) func withDatabase<Value>(
        named name: String? = nil, options: String = "",
        _ body: nonisolated(nonsending) (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        let database = TestDatabase(name: name ?? "test_\(number)", server: server)
        // Copying the files takes a third of the time; 14 knows no other way.
        let strategy = major >= 15 ? "STRATEGY file_copy" : ""
        try await admin.execute("CREATE DATABASE \"\(database.name)\" \(strategy) \(options)")
        do {
            let value = try await body(database)
            try await drop(database)
            return value
        } catch {
            // The server may be what the test killed; its own error is the one to be seen.
            try? await drop(database)
            throw error
        }
    }

    private nonisolated(nonsending) func drop(_ database: TestDatabase) async throws {
        guard await admin.isUsable, server.processID != nil else { return }
        let drop = "DROP DATABASE IF EXISTS \"\(database.name)\" WITH (FORCE)"
        do {
            try await admin.query(drop, ignoresCancellation: true)
        } catch {
            guard error.sqlstate == .objectInUse else { throw error }
            try await dropSubscriptions(of: database)
            try await admin.query(drop, ignoresCancellation: true)
        }
    }

    /// A database with subscriptions cannot be dropped.
    private nonisolated(nonsending) func dropSubscriptions(
        of database: TestDatabase
    ) async throws {
        let connection = try await database.connect()
        let rows = try await connection.query(
            """
            SELECT quote_ident(subname) FROM pg_subscription
            WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        for row in rows {
            let name = try row.text(0)
            try await connection.execute("ALTER SUBSCRIPTION \(name) DISABLE")
            try await connection.execute("ALTER SUBSCRIPTION \(name) SET (slot_name = NONE)")
            try await connection.execute("DROP SUBSCRIPTION \(name)")
        }
        await connection.close()
    }

    /// Stops the server and removes it.
    public func stop(immediate: Bool = false) async {
        await admin.close()
        await server.stop(immediate: immediate)
    }

    /// Kills all its processes, as a loss of power would.
    public func kill9() async {
        await server.kill9()
    }

    /// Starts it again on the same data, after `kill9` with a recovery. Connections are lost.
    public func restart() async throws {
        try await server.restart()
    }
}

/// A database that one test has for itself.
public struct TestDatabase: Sendable {
    /// Its name.
    public let name: String
    /// Its server.
    public let server: LocalServer

    /// Where it is, as a URL.
    public var url: String { server.url(database: name) }
    /// Where it is.
    public var settings: ConnectionSettings { server.settings(database: name) }

    /// A new connection as the superuser, or another role of the server.
    public func connect(
        as user: String = LocalServer.superuser,
        onNotice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) async throws -> PostgreSQLConnection {
        try await .connect(server.settings(database: name, user: user), onNotice: onNotice)
    }
}

/// The servers that live as long as the test process.
private actor SharedServers {
    static let instance = SharedServers()
    /// What the end of the process has to stop.
    private static let running = Mutex<[LocalServer]>([])

    private var starting: [Int: Task<PrivatePostgreSQL, any Error>] = [:]

    func server(major: Int) async throws -> PrivatePostgreSQL {
        if let task = starting[major] { return try await task.value }
        if starting.isEmpty { atexit { SharedServers.stopAll() } }
        let task = Task {
            var options = LocalServer.Options()
            options.trustsEveryRole = true
            options.settings = ["max_connections": "200", "wal_level": "logical"]
            let started = try await PrivatePostgreSQL.start(options, major: major)
            Self.running.withLock { $0.append(started.server) }
            return started
        }
        starting[major] = task
        return try await task.value
    }

    private static func stopAll() {
        for server in running.withLock({ $0 }) { server.stopNow() }
    }
}
