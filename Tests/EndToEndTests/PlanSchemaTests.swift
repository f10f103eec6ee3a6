import Foundation
import TestSupport
import Testing

/// A validator that is not ours judges the plan reports of real runs by `schemas/plan.schema.json`.
@Suite("Plan schema")
struct PlanSchemaTests {
    @Test("fits the plans of real runs, and no broken ones")
    func validates() async throws {
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with(environment: ["DATABASE_URL": database.url]) { place in
                    try await judge(in: place)
                }
            }
        }
    }

    private func judge(in place: Place) async throws {
        let shop = "\(Program.root)/examples/shop"
        var good: [String: String] = [:]
        func plan(_ name: String, _ arguments: String...) async throws {
            let made = try await Program.lockstep(["plan", "-o", "json"] + arguments, in: place)
            #expect(made.status == 0, "\(made.all)")
            good[name] = made.output
        }
        try await plan("creating", "--project", "\(shop)/1")
        let applied = try await Program.lockstep(
            ["apply", "--project", "\(shop)/1", "--auto-approve", "safe"], in: place)
        #expect(applied.status == 0, "\(applied.all)")
        try await plan("empty", "--project", "\(shop)/1")
        try await plan("destructive", "--project", "\(shop)/2")
        let several = try await severalTargets(in: place)
        #expect(several.count == 2)
        for (index, text) in several.enumerated() { good["target\(index)"] = text }
        #expect(good["destructive"]?.contains("\"destructive\"") == true)

        let refused = try await refused(
            good.merging(try broken(from: try #require(good["destructive"]))) { first, _ in first },
            in: place)
        #expect(refused.isDisjoint(with: good.keys), "\(refused)")
        #expect(refused.filter { $0.hasPrefix("broken") }.count == Self.breakings.count)
    }

    /// An environment with two targets gives a document for each.
    private func severalTargets(in place: Place) async throws -> [String] {
        let manifest = """
            apiVersion: lockstep.dev/v1
            kind: Project
            project: two
            engine: postgresql
            environments:
              both:
                targets:
                  one: { urlFrom: { env: DATABASE_URL } }
                  two: { urlFrom: { env: DATABASE_URL } }

            """
        let folder = place.folder.appendingPathComponent("two/schema")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(manifest.utf8).write(to: place.folder.appendingPathComponent("two/lockstep.yaml"))
        try Data(
            """
            apiVersion: lockstep.dev/v1
            kind: Sequence
            schema: public
            name: numbers

            """.utf8
        ).write(to: folder.appendingPathComponent("numbers.yaml"))
        var documents: [String] = []
        for target in ["one", "two"] {
            let made = try await Program.lockstep(
                ["plan", "-o", "json", "--project", "two", "--target", target], in: place)
            #expect(made.status == 0, "\(made.all)")
            documents.append(made.output)
        }
        return documents
    }

    /// Ways to break a report, each at one place.
    private static let breakings: [@Sendable (inout [String: Any]) -> Void] = [
        { $0["kind"] = "Plan" },
        { $0["more"] = 1 },
        { $0["planDigest"] = "sha256:12" },
        { $0["assessment"] = nil },
        { change(&$0, "plan") { $0["apiVersion"] = "lockstep.dev/v2" } },
        { change(&$0, "plan") { $0["majorVersion"] = "15" } },
        { change(&$0, "plan") { $0["steps"] = [String: Any]() } },
        { changeFirst(&$0, "plan", "steps") { $0["phase"] = "later" } },
        { changeFirst(&$0, "plan", "steps") { $0["undo"] = nil } },
        { changeFirst(&$0, "plan", "steps") { $0["transaction"] = "own" } },
        { changeFirst(&$0, "plan", "steps") { $0["action"] = ["other": [String: Any]()] } },
        { change(&$0, "assessment") { $0["risk"] = "harmless" } },
        { changeFirst(&$0, "assessment", "findings") { $0["object"] = ["table"] } },
        { changeFirst(&$0, "assessment", "findings") { $0["line"] = 3 } },
        { changeFirst(&$0, "assessment", "effects") { $0["locks"] = nil } },
    ]

    private static func change(
        _ object: inout [String: Any], _ key: String, _ body: (inout [String: Any]) -> Void
    ) {
        var inner = object[key] as? [String: Any] ?? [:]
        body(&inner)
        object[key] = inner
    }

    private static func changeFirst(
        _ object: inout [String: Any], _ key: String, _ list: String,
        _ body: (inout [String: Any]) -> Void
    ) {
        change(&object, key) { inner in
            var items = inner[list] as? [[String: Any]] ?? []
            guard !items.isEmpty else { return }
            body(&items[0])
            inner[list] = items
        }
    }

    private func broken(from text: String) throws -> [String: String] {
        var all: [String: String] = [:]
        for (number, breaking) in Self.breakings.enumerated() {
            var object = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            breaking(&object)
            all["broken\(number)"] = String(
                decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        }
        return all
    }

    /// The names of those that check-jsonschema refuses.
    private func refused(_ texts: [String: String], in place: Place) async throws -> Set<String> {
        let tool = "\(Program.root)/.build-tools/venv/bin/check-jsonschema"
        guard FileManager.default.isExecutableFile(atPath: tool) else {
            Issue.record("check-jsonschema is missing: run scripts/install-python-tools")
            return []
        }
        for (name, text) in texts {
            try Data(text.utf8).write(to: place.folder.appendingPathComponent("\(name).json"))
        }
        let outcome = try await Program.run(
            tool,
            [
                "--output-format", "json", "--schemafile",
                "\(Program.root)/schemas/plan.schema.json",
            ] + texts.keys.sorted().map { "\($0).json" }, in: place)
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        return Set((report.errors + report.parse_errors).map { String($0.filename.dropLast(5)) })
    }

    private struct Report: Decodable {
        struct Problem: Decodable { let filename: String }
        let errors: [Problem]
        let parse_errors: [Problem]
    }
}
