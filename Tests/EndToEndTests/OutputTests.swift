import Foundation
import Glibc
import PostgreSQLClient
import TestSupport
import Testing

/// The forms of a plan for other programs.
@Suite("Output")
struct OutputTests {
    @Test("tells programs of a run, a line for each event")
    func lines() async throws {
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with(environment: ["DATABASE_URL": database.url]) { place in
                    try await expectLines(in: place)
                }
            }
        }
    }

    private func expectLines(in place: Place) async throws {
        func apply(_ more: String...) async throws -> ([[String: Any]], Program.Outcome) {
            let outcome = try await Program.lockstep(
                ["apply", "--project", "\(Program.root)/examples/shop/1", "-o", "json"] + more,
                in: place)
            let lines = outcome.output.split(separator: "\n")
            return (try lines.map { try #require(try object(String($0))) }, outcome)
        }
        let (lines, made) = try await apply("--auto-approve", "safe")
        #expect(made.status == 0, "\(made.all)")
        let events = lines.compactMap { $0["event"] as? String }
        #expect(events.count == lines.count)
        #expect(events.first == "started" && events.suffix(2) == ["verifying", "ended"])
        let total = try #require(lines[0]["total"] as? Int)
        let done = lines.filter { $0["event"] as? String == "stepDone" }
        #expect(total > 0 && done.count == total)
        #expect(done.allSatisfy { $0["step"] is String && $0["milliseconds"] is Int })
        let numbers = lines.filter { $0["event"] as? String == "stepStarted" }
            .compactMap { $0["number"] as? Int }
        #expect(numbers == Array(1...total))
        #expect(lines.last?["result"] as? String == "applied")
        #expect(lines.last?["exitCode"] as? Int == 0)
        // What people are told of events is not said twice.
        #expect(!made.errors.contains("[1/"), "\(made.errors)")

        let (again, _) = try await apply()
        #expect(again.map { $0["result"] as? String } == ["nothingToDo"])

        let (refused, second) = try await apply("--project", "\(Program.root)/examples/shop/2")
        #expect(second.status == 4, "\(second.all)")
        #expect(refused.last?["result"] as? String == "refused")
        #expect(refused.last?["exitCode"] as? Int == 4)

        let dry = try await Program.lockstep(
            ["undo", "--project", "\(Program.root)/examples/shop/1", "--dry-run", "-o", "json"],
            in: place)
        #expect(dry.status == 64 && dry.errors.contains("leave -o away"), "\(dry.all)")
    }

    @Test("is what it says in every form")
    func forms() async throws {
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with(environment: ["DATABASE_URL": database.url]) { place in
                    try await expectForms(in: place)
                }
            }
        }
    }

    private func expectForms(in place: Place) async throws {
        let examples = "\(Program.root)/examples/shop"
        func plan(_ more: String...) async throws -> Program.Outcome {
            try await Program.lockstep(["plan", "--project", "\(examples)/2"] + more, in: place)
        }
        let made = try await Program.lockstep(
            ["apply", "--project", "\(examples)/1", "--auto-approve", "safe"], in: place)
        #expect(made.status == 0, "\(made.all)")

        let json = try await plan("-o", "json")
        let report = try #require(try object(json.output))
        #expect(report["apiVersion"] as? String == "lockstep.dev/v1")
        #expect(report["kind"] as? String == "PlanReport")
        #expect(try await plan("-o", "json").output == json.output)

        let sarif = try #require(try object(try await plan("-o", "sarif").output))
        #expect(sarif["version"] as? String == "2.1.0")

        let markdown = try await plan("-o", "markdown").output
        for heading in [
            "Schema Changes", "Tables Created", "Tables Modified", "Indexes Added",
            "Migration Plan", "Data Impact", "Backup Verification",
        ] {
            let lines = markdown.split(separator: "\n").filter {
                $0.hasPrefix("#") && $0.drop { $0 == "#" } == " \(heading)"
            }
            #expect(lines.count == 1, "\(heading)\n\(markdown)")
        }

        let script = try await plan("-o", "sql", "--out", "change.sql")
        #expect(script.status == 0, "\(script.all)")
        let url = place.environment["DATABASE_URL"] ?? ""
        let psql = try await Program.run(
            "/usr/bin/psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "change.sql", url],
            in: place)
        #expect(psql.status == 0, "\(psql.all)")
        let after = try await plan("--exit-code")
        #expect(after.status == 0, "\(after.all)")
    }

    private func object(_ text: String) throws -> [String: Any]? {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    }

    @Test("never shows a password that the server refused")
    func password() async throws {
        var options = LocalServer.Options()
        options.loopbackPort = try #require(Self.freePort())
        let server = try await LocalServer.start(major: 15, options: options)
        let port = options.loopbackPort ?? 0
        let url = "postgresql://postgres:s3kret-w0rd@127.0.0.1:\(port)/postgres"
        do {
            try await Place.with { place in
                let outcome = try await Program.lockstep(
                    ["import", "--url", url, "--out", "schema"], in: place)
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("password authentication failed"))
                #expect(!outcome.all.contains("s3kret"), "\(outcome.all)")
            }
        } catch {
            await server.stop(immediate: true)
            throw error
        }
        await server.stop(immediate: true)
    }

    /// A port that nobody listens on at this moment.
    private static func freePort() -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard bind(descriptor, generic, length) == 0,
                    getsockname(descriptor, generic, &length) == 0
                else { return nil }
                return Int(UInt16(bigEndian: pointer.pointee.sin_port))
            }
        }
    }
}
