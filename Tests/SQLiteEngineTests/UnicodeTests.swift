import Execution
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

/// SQLite compares bytes; a text may be written in two ways that people cannot tell apart.
@Suite("Texts of SQLite that differ in nothing but their Unicode form")
struct UnicodeTests {
    private static let composed = "caf\u{e9}"
    private static let decomposed = "cafe\u{301}"

    @Test("they are two values, of which one overwrites the other")
    func rows() async throws {
        func text(_ value: String) -> String {
            """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: t
            columns:
              id: integer
              name: text
            primaryKey: [id]
            ---
            apiVersion: lockstep.dev/v1
            kind: Data
            table: t
            key: [id]
            rows:
              - { id: 1, name: \(value) }
            """
        }
        try await withFile { file in
            try await file.lead(to: text(Self.composed))
            let plan = try await file.plan(text(Self.decomposed))
            #expect(plan.plan.steps.map(\.data) == [.lossy])
            guard case .refused = try await file.apply(text(Self.decomposed)) else {
                Issue.record("a value was overwritten without an acknowledgement")
                return
            }
            try await file.lead(to: text(Self.decomposed), ["update-data:t"])
            #expect(try await file.rows("SELECT length(name) FROM t") == ["5"])
        }
    }

    @Test("they are two defaults")
    func defaults() async throws {
        try await withBench("CREATE TABLE t(a DEFAULT '\(Self.composed)')") { bench in
            let planned = try await bench.lead(
                to: "CREATE TABLE t(a DEFAULT '\(Self.decomposed)')")
            #expect(
                planned.plan.steps.map(\.title) == [
                    "Rebuild table t: change column a (default '\(Self.decomposed)')"
                ])
        }
    }
}
