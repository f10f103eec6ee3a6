import Execution
import Manifest
import Planning
import PostgreSQLClient
import PostgreSQLEngine
import SchemaCore
import TestSupport
import Testing

/// Roles belong to a whole server, which tests share: each has a name of its own, and goes at the
/// end. Time budget: 60 s.
@Suite struct RoleTests {
    private static let head = "apiVersion: lockstep.dev/v1\nkind: Role\n"

    /// Runs with two names of roles that nobody else has.
    private static func withNames(
        major: Int = PrivatePostgreSQL.defaultMajor,
        _ body: (TestDatabase, _ one: String, _ two: String) async throws -> Void
    ) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let (one, two) = ("one_\(database.name)", "two_\(database.name)")
            let cleaning = "DROP ROLE IF EXISTS \(one); DROP ROLE IF EXISTS \(two)"
            do {
                try await body(database, one, two)
                try await Bench(database).run(cleaning)
            } catch {
                try await Bench(database).run(cleaning)
                throw error
            }
        }
    }

    @Test func withoutConsentNoneIsReadOrPlanned() async throws {
        try await Self.withNames { database, one, _ in
            let bench = Bench(database)
            let lowering = try bench.lowered("\(Self.head)name: \(one)\nlogin: true\n")
            let error = await #expect(throws: DiagnosticsError.self) {
                _ = try await bench.plan(lowering)
            }
            #expect(error?.diagnostics.map(\.code) == ["not-managed"])
            #expect(error?.diagnostics.first?.span != nil)
            try await bench.run("CREATE ROLE \(one)")
            #expect(try await !bench.imported().files.contains { $0.path.contains(one) })
        }
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func importedRolesAreThoseOfTheServer(major: Int) async throws {
        try await Self.withNames(major: major) { database, one, two in
            let bench = Bench(database, roles: .keep)
            try await bench.run(
                """
                CREATE ROLE \(one) NOINHERIT CREATEDB;
                CREATE ROLE \(two) LOGIN PASSWORD 'swordfish' CONNECTION LIMIT 0
                    VALID UNTIL '2031-02-03 04:05:06+02';
                GRANT \(one) TO \(two) WITH ADMIN OPTION;
                ALTER ROLE \(two) SET search_path TO 'a b', public;
                ALTER ROLE \(two) SET app.api_key TO 'swordfish';
                ALTER ROLE \(two) IN DATABASE \(database.name) SET work_mem TO '8MB';
                COMMENT ON ROLE \(two) IS 'It''s two.'
                """)
            let imported = try await bench.imported()
            let files = imported.files.filter { $0.path.contains(database.name) }
            let text = files.map { String(decoding: $0.bytes, as: UTF8.self) }.sorted()
            let start = Self.head
            #expect(
                text == [
                    "\(start)name: \(one)\ncreatedb: true\ninherit: false\n",
                    """
                    \(start)name: \(two)
                    comment: It's two.
                    login: true
                    connectionLimit: 0
                    validUntil: "2031-02-03 02:05:06+00"
                    memberOf:
                      \(one): { admin: true }
                    settings:
                      search_path: '"a b", public'
                    databaseSettings:
                      \(database.name):
                        work_mem: 8MB

                    """,
                ])
            // A value that is taken for a secret is neither read nor told.
            #expect(
                imported.unmodelled.contains {
                    $0.object == ObjectID(.init(rawValue: "role"), two)
                        && $0.what == "settings: app.api_key"
                })
            #expect(!text.joined().contains("swordfish"))
            #expect(try await bench.plan(bench.lowered(files)).plan.isEmpty)
        }
    }

    @Test func passwordsStayAsTheyAre() async throws {
        try await Self.withNames { database, one, two in
            let bench = Bench(database, roles: .keep)
            let first = try await bench.plan(
                bench.lowered("\(Self.head)name: \(one)\nlogin: true\n"))
            #expect(first.target.warnings.map(\.code) == ["no-password"])
            try await bench.run("CREATE ROLE \(one) LOGIN PASSWORD 'swordfish'")
            let query = "SELECT hashtext(rolpassword) FROM pg_authid WHERE rolname = '\(one)'"
            let before = try await bench.number(query)
            let result = try await bench.apply(
                bench.lowered(
                    "\(Self.head)name: \(one)\ncreatedb: true\nlogin: true\n---\n"
                        + "\(Self.head)name: \(two)\nlogin: true\nmemberOf: [\(one)]\n"))
            guard case .applied = result else {
                Issue.record("\(result)")
                return
            }
            #expect(try await bench.number(query) == before)
            #expect(
                try await bench.number(
                    """
                    SELECT count(*) FROM pg_authid
                    WHERE rolname = '\(two)' AND rolpassword IS NULL
                    """
                ) == 1)
        }
    }

    @Test func whatIsNoLongerDeclaredStaysUnlessItIsToGo() async throws {
        try await Self.withNames { database, one, two in
            let keeping = Bench(database, roles: .keep)
            let dropping = Bench(database, roles: .drop)
            let both = "\(Self.head)name: \(one)\n---\n\(Self.head)name: \(two)\n"
            let only = try keeping.lowered("\(Self.head)name: \(one)\n")
            try await keeping.apply(keeping.lowered(both))
            #expect(try await keeping.plan(only).plan.isEmpty)
            let dropped = try await dropping.plan(only)
            #expect(dropped.plan.destructiveSteps.map(\.title) == ["Drop role \(two)"])
            // What was let go is nobody's from then on.
            try await keeping.apply(
                keeping.lowered("\(Self.head)name: \(one)\ncomment: alone\n"))
            let alone = try keeping.lowered("\(Self.head)name: \(one)\ncomment: alone\n")
            #expect(try await dropping.plan(alone).plan.isEmpty)
        }
    }

    @Test func powerIsFound() async throws {
        try await Self.withNames { database, one, _ in
            let bench = Bench(database, roles: .keep)
            let assessed = try await bench.plan(
                bench.lowered(
                    "\(Self.head)name: \(one)\nsuperuser: true\nmemberOf: [pg_monitor]\n"))
            let found = assessed.assessment.findings.filter { $0.rule == WidensAccess.name }
            #expect(
                found.map(\.message) == [
                    "role \(one) gets SUPERUSER.",
                    "role \(one) becomes a member of pg_monitor, and may do what that may.",
                ])
        }
    }

    /// With neither right nor more than is needed.
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatTheRoleLacksIsTold(major: Int) async throws {
        try await Self.withNames(major: major) { database, one, two in
            let bench = Bench(database, role: one, roles: .keep)
            try await bench.run(
                """
                CREATE ROLE \(one) LOGIN; GRANT CREATE ON DATABASE \(database.name) TO \(one)
                """)
            let plain = try bench.lowered("\(Self.head)name: \(two)\ncomment: two\n")
            let more = try bench.lowered(
                "\(Self.head)name: \(two)\nbypassrls: true\nmemberOf: [pg_monitor]\n")
            #expect(try await Self.told(bench.plan(plain)) == ["CREATEROLE"])
            try await bench.run("ALTER ROLE \(one) CREATEROLE")
            #expect(try await Self.told(bench.plan(plain)) == [])
            let result = try await bench.apply(plain)
            guard case .applied = result else {
                Issue.record("\(result)")
                return
            }
            let lacking =
                major >= 16
                ? ["BYPASSRLS, to give it", "the ADMIN option on the role pg_monitor"]
                : ["to be a superuser"]
            #expect(try await Self.told(bench.plan(more)) == lacking)
            try await bench.run("DROP OWNED BY \(one)")
        }
    }

    private static func told(_ assessed: Bench.Assessed) -> [String] {
        assessed.assessment.findings.filter { $0.rule == NeedsPrivilege.name }
            .compactMap { finding in
                let words = [
                    "CREATEROLE", "BYPASSRLS, to give it",
                    "the ADMIN option on the role pg_monitor", "to be a superuser",
                ]
                return words.first { finding.message.contains($0) } ?? finding.message
            }.sorted()
    }
}
