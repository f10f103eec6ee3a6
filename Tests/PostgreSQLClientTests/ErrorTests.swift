import PostgreSQLClient
import TestSupport
import Testing

/// What the server's refusals look like to us.
@Suite struct ErrorTests {
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func namesObjectsAndPositions(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                CREATE SCHEMA s;
                CREATE TABLE s.t (id int PRIMARY KEY, n int NOT NULL);
                INSERT INTO s.t VALUES (1, 1)
                """)
            let duplicate = try await failure {
                try await connection.query("INSERT INTO s.t VALUES (1, 777)")
            }
            #expect(duplicate.kind == .server)
            #expect(duplicate.sqlstate == .uniqueViolation)
            #expect(duplicate.schema == "s")
            #expect(duplicate.table == "t")
            #expect(duplicate.constraint == "t_pkey")
            #expect(duplicate.detail == "Key (id)=(1) already exists.")
            #expect(duplicate.severity == "ERROR")
            #expect(!duplicate.isTransient && !duplicate.isConnectionLost)

            let null = try await failure {
                try await connection.query("INSERT INTO s.t VALUES (2, NULL)")
            }
            #expect(null.sqlstate == .notNullViolation)
            #expect(null.column == "n")

            let column = try await failure {
                try await connection.query("SELECT 'äöü', nope FROM s.t")
            }
            #expect(column.sqlstate == .undefinedColumn)
            #expect(column.position == 15)

            let relation = try await failure { try await connection.execute("TABLE missing") }
            #expect(relation.sqlstate == .undefinedTable)
            #expect(relation.position == 7)
            #expect(await connection.isUsable)
        }
    }

    @Test func redactedErrorsKeepNamesAndNoValues() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                "CREATE TABLE t (n text CONSTRAINT short CHECK (length(n) < 5))")
            let check = try await failure {
                try await connection.query("INSERT INTO t VALUES ('secret-row')")
            }
            #expect(check.description.contains("secret-row"))
            #expect(!check.redactedDescription.contains("secret-row"))
            #expect(check.redactedDescription.contains("23514"))
            #expect(check.redactedDescription.contains("constraint short"))
            #expect(check.redactedDescription.contains("table public.t"))

            let cast = try await failure { try await connection.query("SELECT 'hidden'::int") }
            #expect(cast.sqlstate == .invalidTextRepresentation)
            #expect(!cast.redactedDescription.contains("hidden"))
        }
    }

    @Test func innerPositionsBelongToTheInnerQuery() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute(
                """
                CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS
                $$ BEGIN RETURN (SELECT nope FROM pg_class); END $$
                """)
            let error = try await failure { try await connection.query("SELECT f()") }
            #expect(error.position == nil)
            #expect(error.internalPosition == 9)
            #expect(error.internalQuery == "(SELECT nope FROM pg_class)")
            #expect(error.context?.contains("PL/pgSQL function f()") == true)
        }
    }

    @Test func lockTimeoutIsTransient() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let (holder, waiter) = (try await database.connect(), try await database.connect())
            try await holder.execute("CREATE TABLE t ()")
            try await holder.execute("BEGIN; LOCK TABLE t")
            #expect(await holder.transactionStatus == .inTransaction)
            try await waiter.set(lockTimeout: .milliseconds(20))
            let error = try await failure { try await waiter.query("SELECT FROM t") }
            #expect(error.sqlstate == .lockNotAvailable)
            #expect(error.isTransient)
        }
    }

    @Test func statementTimeoutIsTheServersAndNotACancellation() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.set(statementTimeout: .microseconds(1500))
            #expect(try await connection.query("SHOW statement_timeout")[0][0] == "1ms")
            let error = try await failure { try await connection.query("SELECT pg_sleep(5)") }
            #expect(error.kind == .server)
            #expect(error.sqlstate == .queryCanceled)
        }
    }

    @Test func valuesOfTheWrongTypeAreDecodingErrors() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let rows = try await connection.query(
                "SELECT 'x' AS word, NULL::int AS nothing, '{{a},{b}}'::text[] AS deep")
            let row = try #require(rows.first)
            let word = try await failure { _ = try row.int(0) }
            #expect(word.kind == .decoding)
            #expect(word.column == "word")
            let null = try await failure { _ = try row.int(1) }
            #expect(null.message.contains("column 1 (nothing)"))
            #expect(try row.optionalInt(1) == nil)
            _ = try await failure { _ = try row.texts(2) }
            _ = try await failure { _ = try row.bool(0) }
        }
    }

    @Test func zeroBytesAreRefused() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let text = try await failure { try await connection.query("SELECT 1\0; junk") }
            #expect(text.kind == .configuration)
            let value = try await failure { try await connection.query("SELECT $1", ["a\0b"]) }
            #expect(value.kind == .configuration)
        }
    }
}
