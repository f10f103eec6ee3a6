import Manifest
import Planning
import SchemaCore
import Testing

/// Requests for renames are seen together. Time budget: 1 s.
@Suite struct RequestedRenameTests {
    private func id(_ name: String) -> ObjectID {
        ObjectID(ObjectKind(rawValue: "column"), ["t", name])
    }

    private func request(_ from: [String], _ to: String) -> RequestedRename {
        RequestedRename(
            candidates: from.map(id), to: id(to),
            span: SourceSpan(
                file: "t.yaml", start: .init(line: 1, column: 1), end: .init(line: 1, column: 2)))
    }

    private func resolved(
        _ requests: [RequestedRename], live: Set<String>, declared: Set<String>
    ) -> (renames: [String], problems: [String]) {
        let result = RequestedRename.resolved(
            requests, isLive: { live.contains($0.name) }, isDeclared: { declared.contains($0.name) }
        )
        return (
            result.renames.map { "\($0.from.name)>\($0.to.name)" }, result.problems.map(\.code)
        )
    }

    @Test func aChainMovesAll() {
        let chain = [request(["a"], "b"), request(["b"], "c")]
        for declared: Set<String> in [["b", "c"], ["a", "b", "c"]] {
            let result = resolved(chain, live: ["a", "b"], declared: declared)
            #expect(result.renames == ["a>b", "b>c"])
            #expect(result.problems == [])
        }
    }

    @Test func whatIsDoneComesToNothing() {
        let chain = [request(["a"], "b"), request(["b"], "c")]
        let done = resolved(chain, live: ["b", "c"], declared: ["b", "c"])
        #expect(done.renames == [] && done.problems == [])
        let again = resolved(chain, live: ["a", "b", "c"], declared: ["a", "b", "c"])
        #expect(again.renames == [] && again.problems == [])
    }

    @Test func bothNamesAreAConflict() {
        let both = resolved([request(["a"], "b")], live: ["a", "b"], declared: ["b"])
        #expect(both.renames == [] && both.problems == ["rename-conflict"])
        let many = resolved([request(["a", "x"], "b")], live: ["a", "x"], declared: ["b"])
        #expect(many.renames == [] && many.problems == ["rename-ambiguous"])
    }

    @Test func whatGivesANameAwayComesFirst() {
        let renames = [
            Rename(from: id("a"), to: id("b")), Rename(from: id("b"), to: id("c")),
            Rename(from: id("c"), to: id("d")),
        ]
        #expect(renames.makingRoom() == renames.reversed())
    }

    @Test func circlesAreRefused() {
        let swap = [request(["a"], "b"), request(["b"], "a")]
        let found = RenameChecks.diagnostics(swap) { _ in nil }
        #expect(found.map(\.code) == ["rename-conflict"])
        #expect(found.first?.message.contains("in a circle") == true)
        let three = [request(["a"], "b"), request(["b"], "c"), request(["c"], "a")]
        #expect(RenameChecks.diagnostics(three) { _ in nil }.count == 1)
        let chain = [request(["a"], "b"), request(["b"], "c")]
        #expect(RenameChecks.diagnostics(chain) { _ in nil }.isEmpty)
    }
}
