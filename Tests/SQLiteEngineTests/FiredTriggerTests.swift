import Execution
import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Triggers that managed rows fire")
struct FiredTriggerTests {
    private func manifests(_ trigger: String, _ rows: [String] = ["id: 1, v: a"]) -> String {
        """
        apiVersion: lockstep.dev/v1
        kind: Table
        name: l
        columns: { id: integer, v: text }
        primaryKey: [id]
        triggers:
        \(trigger)
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        name: o
        columns: { a: { type: text, nullable: true } }
        triggers:
          second: { time: after, event: update, columns: [a], body: "delete from log;" }
        ---
        apiVersion: lockstep.dev/v1
        kind: Table
        name: log
        columns: { what: { type: text, nullable: true } }
        ---
        apiVersion: lockstep.dev/v1
        kind: Data
        table: l
        key: [id]
        rows: [\(rows.map { "{ \($0) }" }.joined(separator: ", "))]

        """
    }

    private let start = """
        CREATE TABLE l(id INTEGER NOT NULL PRIMARY KEY, v TEXT NOT NULL);
        CREATE TABLE o(a TEXT); CREATE TABLE log(what TEXT);
        INSERT INTO o VALUES ('o'); INSERT INTO log VALUES ('log');
        CREATE TRIGGER second AFTER UPDATE OF a ON o BEGIN delete from log; END
        """

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var trigger: String
        var data: DataClass
        var fires: String
        var losses: [String] = []
    }

    static let cases = [
        Case(
            testDescription: "rows are deleted",
            trigger: "tr: { time: after, event: insert, body: \"delete from o;\" }",
            data: .destroyed, fires: "trigger tr",
            losses: ["table o: rows that trigger tr deletes"]),
        Case(
            testDescription: "rows are added",
            trigger: "tr: { time: after, event: insert, "
                + "body: \"insert into log values (new.v);\" }",
            data: .kept, fires: "trigger tr"),
        Case(
            testDescription: "values change, and a trigger fires for that",
            trigger: "tr: { time: after, event: insert, body: \"update o set a = 1;\" }",
            data: .destroyed, fires: "trigger second, trigger tr",
            losses: [
                "column o.a: values that trigger tr changes",
                "table log: rows that trigger second deletes",
            ]),
        Case(
            testDescription: "another event",
            trigger: "tr: { time: after, event: update, body: \"delete from o;\" }",
            data: .kept, fires: ""),
    ]

    @Test("what they do is told, and is data loss where it is", arguments: cases)
    func insert(_ item: Case) async throws {
        try await withFile(start) { file in
            let text = manifests("  " + item.trigger)
            let plan = try await file.plan(text)
            let step = try #require(plan.step("insert-data:l"))
            let tail = item.fires.isEmpty ? "" : ", which fires \(item.fires)"
            #expect(step.title == "Insert 1 row into table l\(tail)")
            #expect(step.data == item.data)
            let index = try #require(plan.steps.firstIndex(of: step.id))
            let losses = plan.effects[index].losses.map { "\($0.object): \($0.what)" }
            #expect(losses.sorted() == item.losses)
            #expect((step.undo.claim == .exact) == item.fires.isEmpty)
            let result = try await file.apply(text)
            if item.losses.isEmpty {
                guard case .applied = result else {
                    Issue.record("\(result)")
                    return
                }
            } else {
                guard case .refused = result else {
                    Issue.record("it was not asked for: \(result)")
                    return
                }
                #expect(try await file.rows("SELECT count(*) FROM o, log") == ["1"])
                try await file.lead(to: text, ["insert-data:l"])
            }
        }
    }

    @Test("only columns that change fire, and a trigger that is nobody's does")
    func update() async throws {
        try await withFile(start) { file in
            let only =
                "  tr: { time: after, event: update, columns: [id], body: \"delete from o;\" }"
            try await file.lead(to: manifests(only))
            let next = manifests(only, ["id: 1, v: b"])
            #expect(
                try await file.plan(next).step("update-data:l")?.title
                    == "Update 1 row of table l")
            try await file.run(
                "CREATE TRIGGER odd AFTER DELETE ON l BEGIN SELECT no_such(old.v); END")
            let gone = manifests(only, [])
            #expect(
                try await file.plan(gone).step("delete-data:l")?.title
                    == "Delete 1 row of table l, which fires trigger odd")
        }
    }
}
