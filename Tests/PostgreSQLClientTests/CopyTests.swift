import PostgreSQLClient
import Synchronization
import TestSupport
import Testing

/// COPY in both directions, and statements that are no COPY.
@Suite struct CopyTests {
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func goesInAndOut(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let connection = try await database.connect()
            try await connection.execute("CREATE TABLE t (id int PRIMARY KEY, word text)")
            let count = try await connection.copyIn(
                "COPY t FROM STDIN", (1...1000).lazy.map { "\($0)\tword \($0)" })
            #expect(count == 1000)
            let lines = Mutex<[String]>([])
            try await connection.copyOut(
                "COPY (SELECT * FROM t WHERE id > 998 ORDER BY id) TO STDOUT"
            ) { bytes in
                lines.withLock { $0.append(String(decoding: bytes, as: UTF8.self)) }
            }
            #expect(lines.withLock { $0 } == ["999\tword 999\n", "1000\tword 1000\n"])
        }
    }

    @Test func badRowsFailAsAWhole() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
            let error = try await failure {
                try await connection.copyIn("COPY t FROM STDIN", ["1", "x", "3"])
            }
            #expect(error.sqlstate == .invalidTextRepresentation)
            #expect(error.context?.contains("line 2") == true)
            #expect(try await connection.query("SELECT count(*) FROM t")[0].int(0) == 0)
        }
    }

    @Test func misuseIsAnErrorAndTheConnectionGoesOn() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            try await connection.execute("CREATE TABLE t (id int)")
            let calls: [() async throws -> Void] = [
                {
                    try await connection.copyIn("SELECT 1", ["1"])
                },
                {
                    try await connection.copyIn("COPY t TO STDOUT", ["1"])
                },
                {
                    try await connection.copyOut("COPY t FROM STDIN") { _ in }
                },
                { try await connection.query("COPY t TO STDOUT") },
                {
                    try await connection.execute("COPY t FROM STDIN")
                },
                {
                    try await connection.execute("SELECT 1; COPY t FROM STDIN; SELECT 2")
                },
            ]
            for call in calls {
                let error = try await failure(of: call)
                #expect(error.kind == .unexpectedReply)
                #expect(try await connection.query("SELECT 1")[0].int(0) == 1)
            }
        }
    }

    @Test func scriptsGiveTheLastTag() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let connection = try await database.connect()
            let last = try await connection.execute(
                "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); UPDATE t SET id = id + 1")
            #expect(last.commandTag == "UPDATE 2")
            #expect(last.affectedRows == 2)
            #expect(try await connection.execute("").isEmpty)
            let several = try await failure { try await connection.query("SELECT 1; SELECT 2") }
            #expect(several.sqlstate == .syntaxError)
        }
    }
}
