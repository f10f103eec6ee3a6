// Time budget: 30 s

import PostgreSQLClient
import Synchronization
import TestSupport
import Testing

/// Connecting, settings and what they reveal.
@Suite struct ConnectionTests {
    @Test func describesThePlaceWithoutThePassword() throws {
        let settings = try ConnectionSettings(
            "postgresql://ann:s3cret%21@db.example:6543/shop?sslpassword=alsosecret")
        #expect(settings.description == "db.example:6543/shop as ann")
        #expect(settings.holdsPassword)
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("s3cret") && !text.contains("alsosecret"))
        }
        #expect(
            try ConnectionSettings("host=/run/pg dbname=shop user=ann").description
                == "/run/pg:5432/shop as ann")
        #expect(settings.with(database: "other").database == "other")
    }

    @Test(arguments: [
        "postgresql://ann:hunter2@[::1", "postgresql://ann:hunter2@h/d?hunter2=1",
        "postgresql://ann:hun%ZZter2@h/d", "host=h password='hunter2",
        "host=h hunter2", "host=h hunter2=1", "postgresql://ann:hunter2@h:port:2/d?x",
    ])
    func malformedStringsAreRefusedWithoutQuotingThem(text: String) async throws {
        let error = try await failure {
            _ = try ConnectionSettings(text)
        }
        #expect(error.kind == .configuration)
        #expect(!"\(error)".contains("hunter2") && !"\(error)".contains("ter2"))
        #expect(error.hint != nil)
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func wrongPasswordsDoNotLeak(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let admin = try await database.connect()
            try await admin.execute("DROP ROLE IF EXISTS no_such_role")
            var settings = database.settings
            settings.user = "no_such_role"
            // The server repeats the role's name, and libpq the password if it is in the message.
            settings.password = "no_such_role"
            let error = try await failure {
                _ = try await PostgreSQLConnection.connect(settings)
            }
            #expect(error.kind == .connection)
            #expect(error.sqlstate == .invalidAuthorization)
            #expect(!error.isTransient)
            let words = error.message.split(separator: ": ").dropFirst().joined()
            #expect(!words.contains("no_such_role"))
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func refusedConnectionsCarryTheServersCode(major: Int) async throws {
        let server = try await PrivatePostgreSQL.shared(major: major).server
        let missing = try await failure {
            _ = try await PostgreSQLConnection.connect(server.settings(database: "nowhere"))
        }
        #expect(missing.sqlstate == .invalidCatalogName)
        #expect(missing.message.contains("FATAL: database \"nowhere\" does not exist"))
        #expect(!missing.message.contains("LOCATION"))

        var unknownSetting = server.settings()
        unknownSetting.set("no_such_setting", to: "1")
        let setting = try await failure {
            _ = try await PostgreSQLConnection.connect(unknownSetting)
        }
        #expect(setting.sqlstate == .undefinedObject)

        let nobody = try await failure {
            _ = try await PostgreSQLConnection.connect(
                ConnectionSettings("host=/nonexistent dbname=x user=y"))
        }
        #expect(nobody.sqlstate == nil)
        #expect(nobody.isTransient && nobody.isConnectionLost)
    }

    @Test func startupSettingsApplyFromTheFirstStatement() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            var settings = database.settings
            settings.set("search_path", to: "\"a b\", \"c\\d\"")
            settings.set("timezone", to: "Asia/Tokyo")
            settings.applicationName = "probe"
            let connection = try await PostgreSQLConnection.connect(settings)
            let row = try await connection.query(
                """
                SELECT current_setting('search_path'), current_setting('timezone'),
                    current_setting('application_name'), current_setting('client_encoding'),
                    pg_backend_pid()
                """)[0]
            #expect(row[0] == "\"a b\", \"c\\d\"")
            #expect(row[1] == "Asia/Tokyo")
            #expect(row[2] == "probe")
            #expect(row[3] == "UTF8")
            #expect(try row.int(4) == Int(connection.backendPID))
        }
    }

    @Test func noticesArriveInOrderWithTheirSeverity() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let seen = Mutex<[Notice]>([])
            let connection = try await database.connect { notice in
                seen.withLock { $0.append(notice) }
            }
            try await connection.execute(
                """
                DO $$ BEGIN
                    RAISE NOTICE 'first' USING HINT = 'look';
                    RAISE WARNING SQLSTATE '01ABC' USING MESSAGE = 'second';
                END $$;
                CREATE TABLE t (a int);
                SET client_min_messages = debug1;
                ALTER TABLE t ALTER a TYPE bigint
                """)
            let notices = seen.withLock { $0 }
            #expect(notices.count >= 3)
            #expect(notices.first?.message == "first")
            #expect(notices.first?.hint == "look")
            #expect(notices.first?.severity == "NOTICE")
            #expect(notices.dropFirst().first?.severity == "WARNING")
            #expect(notices.dropFirst().first?.sqlstate == SQLState(rawValue: "01ABC"))
            let debug = notices.filter { $0.severity == "DEBUG" }
            #expect(debug.contains { $0.message.contains("rewriting table") })
        }
    }

    @Test func aClosedConnectionSaysSo() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let pid = connection.backendPID
            await connection.close()
            await connection.close()
            #expect(await !connection.isUsable)
            #expect(await connection.transactionStatus == .unknown)
            let error = try await failure { try await connection.query("SELECT 1") }
            #expect(error.kind == .closed)

            let other = try await database.connect()
            var sessions = 1
            for _ in 0..<500 where sessions > 0 {
                sessions = try await other.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", ["\(pid)"])[0].int(0)
            }
            #expect(sessions == 0)
        }
    }

    @Test func aForgottenConnectionIsClosed() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            var forgotten: PostgreSQLConnection? = try await database.connect()
            let pid = try #require(forgotten?.backendPID)
            forgotten = nil
            let other = try await database.connect()
            var sessions = 1
            for _ in 0..<500 where sessions > 0 {
                sessions = try await other.query(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", ["\(pid)"])[0].int(0)
            }
            #expect(sessions == 0)
        }
    }
}
