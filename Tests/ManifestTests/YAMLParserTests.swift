import Manifest
import SchemaCore
import Testing

@Suite struct YAMLParserTests {
    private func parse(
        _ text: String, _ limits: ManifestLimits = .init()
    ) -> YAMLParser.Outcome {
        YAMLParser(limits: limits).parse(text, path: "f.yaml")
    }

    private func codes(_ outcome: YAMLParser.Outcome) -> [String] {
        outcome.diagnostics.map(\.code)
    }

    @Test func placesCountCharacters() throws {
        let outcome = parse("é: 'häns' # c\n\"b\":\n  - x\n  -   yz\nc: {d: e}\n")
        let root = try #require(outcome.documents.first).root
        func place(_ node: YAMLNode?) -> String {
            guard let span = node?.span else { return "nothing" }
            return "\(span.start.line):\(span.start.column)-\(span.end.line):\(span.end.column)"
        }
        #expect(place(root["é"]) == "1:4-1:10")
        #expect(place(root.entries[1].key) == "2:1-2:4")
        #expect(place(root["b"]) == "3:3-4:9")
        #expect(place(root["b"]?.items[1]) == "4:7-4:9")
        #expect(place(root["c"]) == "5:4-5:10")
        #expect(place(root) == "1:1-5:10")
    }

    @Test func placesAreThoseOfTheFileBehindABrokenDocument() throws {
        let outcome = parse("a: [\n---\nb: c\n---\nd: }\n---\n\ne: f\n")
        #expect(codes(outcome) == ["yaml-syntax", "yaml-syntax"])
        #expect(outcome.documents.map { $0.root.entries[0].key.text } == ["b", "e"])
        #expect(outcome.documents[0].root.span.start == .init(line: 3, column: 1))
        #expect(outcome.documents[1].root.span.start == .init(line: 8, column: 1))
        #expect(outcome.documents.map(\.index) == [1, 3])
        #expect(outcome.documents.map(\.startLine) == [2, 6])
    }

    @Test func keepsStylesAndKnowsNull() throws {
        let outcome = parse("[a, 'b', \"c\", [], {}]")
        let items = try #require(outcome.documents.first).root.items
        #expect(items.map(\.style) == [.plain, .singleQuoted, .doubleQuoted, .flow, .flow])
        let nulls = parse("a: null\nb: ~\nc:\nd: 'null'\ne: !!str null\nf: !!null null\ng: ''\n")
        let root = try #require(nulls.documents.first).root
        #expect(root.entries.map(\.value.isNull) == [true, true, true, false, false, true, false])
    }

    @Test func blockScalarsAreWhole() throws {
        let root = try #require(
            parse("a: |\n  x # no comment\n\n  y\nb: >-\n  one\n  two\n").documents.first
        ).root
        #expect(root["a"]?.text == "x # no comment\n\ny\n")
        #expect(root["a"]?.style == .literal)
        #expect(root["b"]?.text == "one two")
        #expect(root["b"]?.style == .folded)
    }

    @Test func emptyDocumentsAreNothing() {
        #expect(parse("").documents.isEmpty)
        #expect(parse("# only\n").documents.isEmpty)
        #expect(parse("---\n---\n# c\n---\n...\n").documents.isEmpty)
        #expect(parse("---\n---\n---\n").diagnostics.isEmpty)
    }

    @Test func aliasesStandExpanded() throws {
        let outcome = parse("a: &x {k: [1, 2]}\nb: *x\nc: &x 5\nd: *x\n")
        let document = try #require(outcome.documents.first)
        #expect(outcome.diagnostics.isEmpty)
        #expect(document.hasAnchors)
        #expect(document.root["b"]?["k"]?.items.map(\.text) == ["1", "2"])
        #expect(document.root["b"]?.span.start == .init(line: 1, column: 4))
        #expect(document.root["d"]?.text == "5")
    }

    @Test func limitsAreKept() {
        var limits = ManifestLimits()
        limits.fileBytes = 20
        #expect(codes(parse(String(repeating: "a", count: 20), limits)).isEmpty)
        #expect(codes(parse(String(repeating: "a", count: 21), limits)) == ["file-too-large"])
        limits = ManifestLimits()
        limits.documentsPerFile = 3
        let three = parse("--- a\n--- b\n--- c\n", limits)
        #expect(codes(three).isEmpty && three.documents.count == 3)
        let four = parse("--- a\n--- b\n--- c\n--- d\n--- e\n", limits)
        #expect(codes(four) == ["too-many-documents"])
        limits = ManifestLimits()
        limits.depth = 2
        #expect(codes(parse("[[a]]", limits)).isEmpty)
        #expect(codes(parse("[[[a]]]", limits)) == ["too-deep"])
        limits = ManifestLimits()
        limits.aliasNodes = 2
        #expect(codes(parse("[&a x, *a, *a]", limits)).isEmpty)
        #expect(codes(parse("[&a x, *a, *a, *a]", limits)) == ["alias-limit"])
        #expect(codes(parse("[&a [x, y], *a]", limits)) == ["alias-limit"])
        limits.depth = 3
        #expect(codes(parse("[&a [x], [*a]]", limits)).isEmpty)
        #expect(codes(parse("[&a [x], [[*a]]]", limits)) == ["too-deep"])
    }

    /// As many problems as documents, and no more time than reading takes.
    @Test func aFileOfBrokenDocumentsEnds() {
        let outcome = parse(String(repeating: "--- [}\n", count: 999))
        #expect(outcome.diagnostics.count == 999)
        #expect(outcome.documents.isEmpty)
    }

    /// Any bytes give an outcome; a cheap stand-in for the fuzzer in every run.
    @Test(arguments: 0..<200) func noInputTraps(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("ab:-[]{},#&*!|>'\"%@`\n\n   \t?~<\\0.".utf8) + [0xc3, 0xa4, 0xff, 0]
        let bytes = (0..<300).map { _ in alphabet.randomElement(using: &random)! }
        let file = ManifestFile(path: "f.yaml", bytes: bytes)
        let outcome = YAMLParser().parse(file)
        for diagnostic in outcome.diagnostics {
            #expect(diagnostic.span != nil)
            #expect(!diagnostic.rendered(line: SourceTexts([file]).line).isEmpty)
        }
        _ = ManifestFormatter().format(file)
        _ = lowered(bytes: bytes)
    }
}
