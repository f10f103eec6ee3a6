import Foundation
import SchemaCore
import Testing

@Suite struct ValueTests {
    private let dialect = SQLDialect(reservedWords: ["user", "select"], escapesBackslash: true)

    @Test(arguments: [
        ("plain", "plain"), ("user", "\"user\""), ("Upper", "\"Upper\""), ("a\"b", "\"a\"\"b\""),
        ("1st", "\"1st\""), ("", "\"\""), ("with space", "\"with space\""), ("ü", "\"ü\""),
    ])
    func namesAreQuotedWhereTheyMustBe(name: String, written: String) {
        #expect(dialect.quoted(name: name) == written)
    }

    @Test(arguments: [
        ("plain", "'plain'"), ("it's", "'it''s'"), ("back\\slash", "E'back\\\\slash'"), ("", "''"),
        ("'; drop table t; --", "'''; drop table t; --'"),
    ])
    func literalsCannotEnd(value: String, written: String) {
        #expect(dialect.quoted(literal: value) == written)
    }

    @Test func aPositionInSQLLeadsToItsPlaceInTheManifest() {
        let span = SourceSpan(
            file: "users.yaml", start: .init(line: 7, column: 12), end: .init(line: 7, column: 20))
        let check: SQL = "CHECK (\(verbatim: VerbatimSQL("a > nope", at: span)))"
        let rendered = check.rendered(dialect)
        #expect(rendered.text == "CHECK (a > nope)")
        #expect(rendered.span(at: 12)?.start == .init(line: 7, column: 16))
        #expect(rendered.span(at: 1) == nil)
    }

    @Test func aCommentInAnExpressionEndsWithItsLine() {
        let span = SourceSpan(
            file: "t.yaml", start: .init(line: 1, column: 1), end: .init(line: 1, column: 9))
        let check: SQL = "CHECK (\(verbatim: VerbatimSQL("a > 0 -- why", at: span)))"
        #expect(check.text(dialect) == "CHECK (a > 0 -- why\n)")
    }

    @Test func addressesAreReadAgain() throws {
        let ids = [
            ObjectID(ObjectKind(rawValue: "column"), "app", "users", "e.mail"),
            ObjectID(ObjectKind(rawValue: "function"), "app", "f", "(integer, text)"),
            ObjectID(ObjectKind(rawValue: "table"), "app", "users").comment,
        ]
        let data = try CanonicalJSON.data(ids)
        #expect(try CanonicalJSON.decode([ObjectID].self, from: data) == ids)
        #expect(
            ids.map(\.description) == [
                "column app.users.\"e.mail\"", "function app.f(integer, text)",
                "comment on table app.users",
            ])
        #expect(ids[2].subject == ObjectID(ObjectKind(rawValue: "table"), "app", "users"))
    }

    @Test func digestsAreThoseOfTheStandard() {
        #expect(
            Digest(of: "abc").description
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Digest("sha256:xyz") == nil)
        #expect(Digest(Digest(of: "").description) == Digest(of: ""))
    }

    @Test func canonicalBytesTellValuesApart() throws {
        struct Pair: Encodable {
            var a: String
            var b: String
            var options: [String: String] = [:]
        }
        let one = try CanonicalBytes.encode(Pair(a: "x", b: "yz"))
        #expect(one != (try CanonicalBytes.encode(Pair(a: "xy", b: "z"))))
        #expect(one == (try CanonicalBytes.encode(Pair(a: "x", b: "yz"))))
        let map = ["k1": "1", "k2": "2", "k3": "3", "k4": "4"]
        let reversed = Dictionary(
            uniqueKeysWithValues: map.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
        #expect(
            try CanonicalBytes.encode(Pair(a: "", b: "", options: map))
                == CanonicalBytes.encode(Pair(a: "", b: "", options: reversed)))
        #expect(try CanonicalBytes.encode([[1], [2]]) != CanonicalBytes.encode([[1, 2], []]))
        #expect(try CanonicalBytes.encode([String?.none]) != CanonicalBytes.encode([""]))
    }

    @Test func aDiagnosticShowsItsLine() {
        let span = SourceSpan(
            file: "t.yaml", start: .init(line: 2, column: 3), end: .init(line: 2, column: 6))
        let diagnostic = Diagnostic.error(
            "unknown-key", "unknown key", at: span, help: "did you mean \"type\"?")
        #expect(
            diagnostic.rendered { _, line in line == 2 ? "\ttyp: x" : nil } == """
                t.yaml:2:3: error: unknown key [unknown-key]
                  2 | \ttyp: x
                    | \t ^~~
                  help: did you mean "type"?
                """)
    }
}
