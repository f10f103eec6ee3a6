// Time budget: 120 s

import Testing

@testable import SQLiteEngine

@Suite("Tokens and canonical texts of SQLite")
struct TokenizerTests {
    private func canonical(
        _ text: String, _ scope: NameScope = .any(quotesNames: true)
    ) throws -> String {
        CanonicalText.of(try Tokenizer.tokens(of: text), in: scope)
    }

    @Test("cuts as SQLite does")
    func tokens() throws {
        let text = """
            a"b ""c"`d`` e`[f g]'h''i' x'0aFF'X'' 1 .5 0x1F 1.5e-3 1_000 /* x '*/ -- "y"
            ?1 :n @n $n a->'b'->>c||d<>e!=f==g<=h<<i b$ é /
            """
        let tokens = try Tokenizer.tokens(of: text)
        #expect(
            tokens.map(\.text) == [
                "a", "\"b \"\"c\"", "`d`` e`", "[f g]", "'h''i'", "x'0aFF'", "X''", "1", ".5",
                "0x1F", "1.5e-3", "1_000", "?1", ":n", "@n", "$n", "a", "->", "'b'", "->>", "c",
                "||", "d", "<>", "e", "!=", "f", "==", "g", "<=", "h", "<<", "i", "b$", "é", "/",
            ])
        #expect(tokens[1].unquoted == "b \"c" && tokens[2].unquoted == "d` e")
        #expect(tokens[3].unquoted == "f g" && tokens[4].unquoted == "h'i")
    }

    @Test(
        "refuses what SQLite refuses", arguments: ["'a", "\"a", "[a", "x'0'", "x'0g'", "1a", "!"])
    func broken(_ text: String) {
        #expect(throws: Tokenizer.Failure.self) { try Tokenizer.tokens(of: text) }
    }

    @Test("a comment without an end ends with the text")
    func openComment() throws {
        #expect(try Tokenizer.tokens(of: "a /* b").map(\.text) == ["a"])
        #expect(try Tokenizer.tokens(of: "a -- b").map(\.text) == ["a"])
    }

    @Test(
        "spelling makes no difference",
        arguments: [
            ("((length( [Name] )>0))", "LENGTH(name) > 0"),
            ("\"NAME\"=='x' And NoT a!=1", "name = 'x' AND not A <> 1"),
            ("a in (1,2)", "`A` IN(1 , /* two */ 2)"), ("- - 1", "- -1"), ("X'ab'", "x'AB'"),
            ("1E5", "1e5"), ("(select 1)", "( SELECT 1 )"),
            ("coalesce(a,+1)", "COALESCE ( a , + 1 )"),
        ])
    func same(_ one: String, _ other: String) throws {
        let scope = NameScope.table(["name": "Name", "a": "a"])
        #expect(try canonical(one, scope) == (try canonical(other, scope)))
    }

    @Test(
        "meaning does",
        arguments: [
            ("a = 'x'", "a = 'X'"), ("a = \"x\"", "a = x"), ("a = \"x\"", "a = \"X\""),
            ("a = 1", "a = 1.0"), ("current_date", "\"current_date\""), ("true", "\"true\""),
            ("(1, 2)", "1, 2"), ("(select 1)", "select 1"), ("a - -1", "a - 1"),
            ("a || b", "a | b"), ("a", "b"),
        ])
    func different(_ one: String, _ other: String) throws {
        let scope = NameScope.table(["a": "a"])
        #expect(try canonical(one, scope) != (try canonical(other, scope)))
    }

    @Test("a canonical text is its own")
    func fixpoint() throws {
        for text in [
            "- -1 - (-a) * ~b", "f(a).b", "\"select\" + \"a b\" + 'it''s'", "a IN (1, 2)",
            "CASE WHEN a THEN -1 ELSE x'00' END", "(a, b) = (SELECT 1, 2)",
            "a->>'$.b' COLLATE nocase",
            "CAST(a AS text)", "NOT (a AND b)",
        ] {
            let once = try canonical(text)
            #expect(try canonical(once) == once)
            #expect(
                try Tokenizer.tokens(of: once).map { $0.text.lowercased() }
                    == Tokenizer.tokens(of: text).map { $0.text.lowercased() })
        }
        #expect(try canonical("a-1 >= - 1 and not f ( - b )") == "a - 1 >= -1 AND NOT f(-b)")
    }

    @Test("in views the case of a name stays, and its quotes go")
    func views() throws {
        let one = try canonical("select [A] as \"Name\" from `t` order by a desc")
        #expect(one == (try canonical("SELECT A AS Name FROM t ORDER BY a DESC")))
        #expect(one != (try canonical("SELECT A AS name FROM t ORDER BY a DESC")))
        #expect(
            try canonical("select \"a\" from t", .any(quotesNames: false))
                != canonical("select a from t", .any(quotesNames: false)))
    }
}
