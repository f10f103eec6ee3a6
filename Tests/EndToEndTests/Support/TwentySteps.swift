import Foundation
import PostgreSQLClient
import TestSupport

/// A database of twenty tables and manifests that ask one thing of each: of every second a wider
/// column, of the others an index that is built concurrently.
struct TwentySteps {
    static let count = 20
    let place: Place
    let database: TestDatabase

    /// Runs a test on it.
    static func with(_ body: @Sendable (TwentySteps) async throws -> Void) async throws {
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with { place in
                    let steps = TwentySteps(place: place, database: database)
                    try await steps.prepare()
                    try await body(steps)
                }
            }
        }
    }

    /// `t07`
    static func table(_ number: Int) -> String { number < 10 ? "t0\(number)" : "t\(number)" }

    /// The table of a step: what shares a transaction, the columns, comes before the indexes.
    static func table(ofStep number: Int) -> String {
        table(number <= count / 2 ? 2 * number - 1 : 2 * number - count)
    }

    private func prepare() async throws {
        var script = ""
        var manifests = ""
        for number in 1...Self.count {
            let table = Self.table(number)
            let isIndex = number.isMultiple(of: 2)
            script += """
                create table public.\(table) (id int primary key, n int, note varchar(10));
                insert into public.\(table) select i, i, 'x' from generate_series(1, 50) i;

                """
            manifests += """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: public
                name: \(table)
                columns:
                  id: integer
                  n: { type: integer, nullable: true }
                  note: { type: varchar(\(isIndex ? 10 : 20)), nullable: true }
                primaryKey: [id]
                \(isIndex ? "indexes: { \(table)_n_idx: [n] }" : "")
                ---

                """
        }
        let connection = try await database.connect()
        try await connection.execute(script)
        await connection.close()
        let folder = place.folder.appendingPathComponent("schema")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(manifests.utf8).write(to: folder.appendingPathComponent("all.yaml"))
    }

    var target: [String] {
        ["--url", database.url, "--manifests", "schema", "--scratch", "sameServer"]
    }

    /// The command that brings everything about.
    var apply: [String] {
        ["apply"] + target + ["--auto-approve", "caution", "--lock-timeout", "120000"]
    }

    /// Holds a table so that its step waits, and gives it back afterwards.
    func holding<Value>(_ table: String, _ body: () async throws -> Value) async throws -> Value {
        let holder = try await database.connect()
        try await holder.execute(
            "begin; lock table public.\(table) in share update exclusive mode")
        do {
            let value = try await body()
            await holder.close()
            return value
        } catch {
            await holder.close()
            throw error
        }
    }

    /// Waits until somebody waits for the table.
    func waitUntilBlocked(on table: String) async throws {
        let watcher = try await database.connect()
        for _ in 0..<2_000 {
            let rows = try await watcher.query(
                """
                select count(*) from pg_catalog.pg_locks
                where not granted and relation = 'public.\(table)'::regclass
                """)
            if let row = rows.first, try row.int(0) > 0 { return await watcher.close() }
            try await Task.sleep(for: .milliseconds(50))
        }
        await watcher.close()
        throw NeverBlocked(table: table)
    }

    /// No step came to wait for the table.
    struct NeverBlocked: Error { let table: String }

    /// Applies until nobody else holds the target: the session of a killed run lives until its
    /// statement has ended.
    func applyAgain() async throws -> Program.Outcome {
        for _ in 0..<100 {
            let outcome = try await Program.lockstep(apply, in: place)
            if outcome.status != 6 { return outcome }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await Program.lockstep(apply, in: place)
    }
}
