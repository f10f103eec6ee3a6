import PostgreSQLClient
import SQLiteClient
import SQLiteEngine
import SchemaCore

/// The database that the demo plays with: its own, and nobody else's.
protocol DemoDatabase: Sendable {
    /// For `DATABASE_URL`.
    var url: String { get }
    /// What it is, in the middle of a sentence.
    var words: String { get }
    /// What becomes of it, as a sentence.
    var afterwards: String { get }
    /// What stands before a statement in the engine's own shell.
    var prompt: String { get }
    /// What a person types to make it, if anything.
    var making: String? { get }

    /// Makes it.
    func create() async throws
    /// Runs a script in it.
    func run(_ script: String) async throws
    /// The tables that have rows, with how many, the largest first.
    func rowCounts() async throws -> [(table: String, rows: Int64)]
    /// Ends what was started for it.
    func end() async
}

/// A database on a private server.
struct DemoServer: DemoDatabase {
    private let server: LocalServer

    /// Starts a server of the newest installed version.
    static func start() async throws -> DemoServer {
        let majors = (14...18).reversed()
        guard
            let found = majors.lazy.compactMap({ LocalServer.Binaries.find(major: $0) }).first
        else {
            throw Failure(
                .failure, "the server programs of PostgreSQL 14 to 18 are not installed",
                help: "on Debian 12: apt-get install postgresql-15")
        }
        return DemoServer(server: try await LocalServer.start(found))
    }

    var url: String { server.url(database: "shop") }
    var words: String { "a private PostgreSQL \(server.major) that is gone afterwards" }
    var afterwards: String { "The server is stopped and removed." }
    let prompt = "shop=#"
    let making: String? = "createdb shop"

    func create() async throws {
        try await connected(to: nil) { try await $0.execute("CREATE DATABASE shop") }
    }

    func run(_ script: String) async throws {
        try await connected(to: "shop") { try await $0.execute(script) }
    }

    func rowCounts() async throws -> [(table: String, rows: Int64)] {
        try await connected(to: "shop") { connection in
            let rows = try await connection.query(
                """
                SELECT relname, reltuples::bigint FROM pg_catalog.pg_class
                WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r' AND reltuples > 0
                ORDER BY reltuples DESC, relname
                """)
            return try rows.map { (try $0.text(0), Int64(try $0.int(1))) }
        }
    }

    func end() async { await server.stop(immediate: true) }

    private func connected<Value: Sendable>(
        to database: String?, _ body: (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        let settings = database.map { server.settings(database: $0) } ?? server.settings()
        let connection = try await PostgreSQLConnection.connect(settings)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            guard let error = error as? PostgreSQLError else { throw error }
            throw Failure(.failure, error.message, help: error.hint)
        }
    }
}

/// A database in a file of the demo's folder.
struct DemoFile: DemoDatabase {
    /// Its path.
    let path: String

    let url = "sqlite:shop.db?mode=rwc"
    let words = "a SQLite file of its own"
    var afterwards: String { "The database stays in \(path)." }
    let prompt = "sqlite>"
    let making: String? = nil

    /// The first that opens it makes it.
    func create() {}

    func run(_ script: String) async throws {
        try await connected { try await $0.runScript(script) }
    }

    func rowCounts() async throws -> [(table: String, rows: Int64)] {
        try await connected { connection in
            let tables = try await connection.query(
                """
                SELECT name FROM sqlite_schema WHERE type = 'table'
                    AND substr(name, 1, 7) <> 'sqlite_' AND substr(name, 1, 9) <> 'lockstep_'
                """
            ).map { try $0.text(0) }
            var counts: [(table: String, rows: Int64)] = []
            for table in tables {
                let name = SQLDialect.sqlite.quoted(name: table)
                let rows = try await connection.query("SELECT count(*) FROM \(name)")
                let count = try rows.first?.integer(0) ?? 0
                if count > 0 { counts.append((table, count)) }
            }
            return counts.sorted { ($1.rows, $0.table) < ($0.rows, $1.table) }
        }
    }

    func end() {}

    private func connected<Value: Sendable>(
        _ body: (SQLiteConnection) async throws -> Value
    ) async throws -> Value {
        do {
            let connection = try await SQLiteConnection.open(
                SQLiteLocation(path: path, mode: .create))
            do {
                let value = try await body(connection)
                await connection.close()
                return value
            } catch {
                await connection.close()
                throw error
            }
        } catch let error as SQLiteError {
            throw Failure(.failure, error.message, help: error.hint)
        }
    }
}
