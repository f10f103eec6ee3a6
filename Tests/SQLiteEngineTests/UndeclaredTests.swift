import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Texts that bring along what no field says")
struct UndeclaredTests {
    static let tables = [
        "columns: { a: { type: int, default: \"1) unique, hidden int default (2\" } }",
        "columns: { a: { type: int, default: \"1) unique default (2\" } }",
        "columns: { a: { type: int, default: \"1) references t (a) default (2\" } }",
        "columns: { a: { type: int, default: \"1) check (1\" } }",
        "columns: { a: { type: int, nullable: true, default: \"1) not null default (2\" } }",
        "columns: { a: { type: text, default: \"1) collate nocase default (2\" } }",
        "columns: { a: int }\nchecks: ['1), check (a > 0']",
        "columns: { a: int }\nchecks: ['1), unique (a), check (a > 0']",
        "columns: { a: int }\nchecks: ['1), hidden int check (1']",
        "columns: { a: int }\nchecks: ['1)) strict --']",
        "columns: { a: int, b: { type: int, generated: \"1) virtual, c int as (2\" } }",
        "columns: { a: int, b: int }\nindexes:\n  i: [\"(a), (b)\"]",
        "columns: { a: int, b: int }\nindexes:\n  i: [\"(a)) where b > 0 --)\"]",
    ]

    @Test("they are refused", arguments: tables)
    func refused(_ table: String) async throws {
        try await withFile { file in
            let text = "apiVersion: lockstep.dev/v1\nkind: Table\nname: t\n\(table)\n"
            let error = await #expect(throws: DiagnosticsError.self) {
                try await file.plan(text)
            }
            let told = error?.diagnostics ?? []
            #expect(
                !told.isEmpty
                    && told.allSatisfy {
                        ["undeclared", "sql-syntax", "refused"].contains($0.code)
                    }, "\(told)")
        }
    }

    @Test("one that stands alone is taken, however it looks")
    func taken() async throws {
        try await withFile { file in
            try await file.lead(
                to: """
                    apiVersion: lockstep.dev/v1
                    kind: Table
                    name: t
                    columns:
                      a: { type: int, default: "(1) + (2)" }
                      b: { type: text, default: "'), c int default ('" }
                      c: { type: int, generated: "(a) + (a)" }
                    checks: ["(a > 0) and (a < 9)"]
                    indexes:
                      i: { columns: ["(a + a)", b], where: "(a > 0) and (b <> ')')" }

                    """)
        }
    }
}
