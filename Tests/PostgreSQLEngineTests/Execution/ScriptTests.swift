import Planning
import PostgreSQLClient
@testable import PostgreSQLEngine
import TestSupport
import Testing

/// Time budget: 5 s.
@Suite struct ScriptTests {
    /// What a session of its own has set, by name.
    private func settings(_ connection: PostgreSQLConnection) async throws -> [String: String] {
        let rows = try await connection.query(
            "SELECT name, setting FROM pg_settings WHERE source = 'session'")
        return Dictionary(
            try rows.map { (try $0.text(0), try $0.text(1)) }, uniquingKeysWith: { $1 })
    }

    @Test("a script sets what a session of ours has", arguments: PrivatePostgreSQL.testMajors)
    func settings(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            // Otherwise what is the default already would not be seen.
            let admin = try await database.connect()
            try await admin.execute(
                """
                ALTER DATABASE \(database.name) SET row_security = on;
                ALTER DATABASE \(database.name) SET extra_float_digits = 0;
                ALTER DATABASE \(database.name) SET bytea_output = 'escape'
                """)
            await admin.close()
            let session = try await PostgreSQLSession.connect(database.url)
            var ours = try await settings(session.connection)
            let script = try await database.connect()
            for line in PostgreSQL().scriptSettings(ExecutionLimits()) where line.first != "\\" {
                try await script.execute(line)
            }
            var theirs = try await settings(script)
            // No path is shown in two ways, and finds nothing in either.
            for connection in [session.connection, script] {
                let path = try await connection.query("SELECT current_schemas(false)")
                #expect(path[0][0] == "{}")
            }
            await session.close()
            await script.close()
            // What says who asks, and for how long anything may wait.
            for name in [
                "search_path", "application_name", "client_connection_check_interval",
                "lock_timeout",
                "statement_timeout", "idle_session_timeout",
                "idle_in_transaction_session_timeout",
            ] {
                ours[name] = nil
                theirs[name] = nil
            }
            #expect(theirs == ours)
            #expect(theirs["row_security"] == "off")
        }
    }
}
