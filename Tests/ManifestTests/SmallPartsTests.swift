import Manifest
import SchemaCore
import Testing

@Suite struct SmallPartsTests {
    @Test func suggestsWhatWasMeant() {
        let words = ["columns", "comment", "name", "nullable", "indexes"]
        #expect(DidYouMean.closest(to: "nullabel", in: words) == "nullable")
        #expect(DidYouMean.closest(to: "colums", in: words) == "columns")
        #expect(DidYouMean.closest(to: "Name", in: words) == "name")
        #expect(DidYouMean.closest(to: "frobnicate", in: words) == nil)
        #expect(DidYouMean.closest(to: "", in: words) == nil)
        #expect(DidYouMean.closest(to: "x", in: ["y"]) == nil)
        #expect(DidYouMean.hint("nmae", in: words) == "did you mean \"name\"?")
    }

    @Test func givesLinesOfEveryLineEnd() {
        let bytes = Array("\u{feff}one\ntwo\r\nthree\rfour\u{1b}[0m\n".utf8)
        let texts = SourceTexts([ManifestFile(path: "f", bytes: bytes)])
        #expect(texts.line("f", 1) == "one")
        #expect(texts.line("f", 2) == "two")
        #expect(texts.line("f", 3) == "three")
        #expect(texts.line("f", 4) == "four\u{fffd}[0m")
        #expect(texts.line("f", 5) == "")
        #expect(texts.line("f", 6) == nil)
        #expect(texts.line("g", 1) == nil)
    }

    @Test func sortsByPlace() {
        func diagnostic(_ file: String, _ line: Int, _ code: String) -> Diagnostic {
            let place = SourceSpan.Position(line: line, column: 1)
            return .error(code, "x", at: SourceSpan(file: file, start: place, end: place))
        }
        let sorted = [
            diagnostic("b", 1, "4"), diagnostic("a", 2, "3"), diagnostic("a", 1, "1"),
            diagnostic("a", 1, "2"), .error("0", "no place"),
        ].sortedByPlace()
        #expect(sorted.map(\.code) == ["0", "1", "2", "3", "4"])
    }

    @Test func identityIsTheFieldsAsWritten() {
        let read = ManifestReader().read(
            ManifestFile(
                path: "f",
                bytes: Array(
                    """
                    {apiVersion: lockstep.dev/v1, kind: Table, schema: app, name: "users"}
                    ---
                    {apiVersion: lockstep.dev/v1, kind: Table, schema: app}
                    ---
                    {apiVersion: lockstep.dev/v1, kind: View, schema: app, name: users}
                    """.utf8)))
        let identities = read.documents.map { SampleObject.registry.identity(of: $0)?.description }
        #expect(identities == ["Table app.users", nil, "View users"])
    }
}
