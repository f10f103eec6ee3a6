@testable import Planning
import SchemaCore
import Testing

@Suite("Safe text")
struct SafeTextTests {
    @Test(
        "control and hidden characters are written out",
        arguments: [
            ("plain ünïcode 表 🚀", "plain ünïcode 表 🚀"), ("a\u{1B}[2Jb", "a\\u{1B}[2Jb"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"), ("\u{202E}abc", "\\u{202E}abc"),
            ("\u{9B}31m", "\\u{9B}31m"), ("a\u{200B}b\u{FEFF}", "a\\u{200B}b\\u{FEFF}"),
            ("\u{E0041}", "\\u{E0041}"), ("\u{7F}", "\\u{7F}"), ("\r\n", "\\r\\n"),
        ])
    func line(_ text: String, _ expected: String) {
        #expect(TerminalSafe.line(text) == expected)
        #expect(!TerminalSafe.isTricky(TerminalSafe.block(text)))
    }

    @Test("blocks keep their lines, JSON keeps its value")
    func blocks() {
        #expect(TerminalSafe.block("a\n\tb\u{1B}") == "a\n\tb\\u{1B}")
        #expect(
            TerminalSafe.json("{\n\"a\": \"\u{202E}\u{E0041}\"}")
                == "{\n\"a\": \"\\u202e\\udb40\\udc41\"}")
    }

    @Test(
        "shell words",
        arguments: [
            ("drop-column:app.users.note", "drop-column:app.users.note"), ("", "''"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"), ("$(rm)", "'$(rm)'"), ("é", "'é'"),
            ("a\u{1B}'", "$'a\\x1b\\''"),
            ("a\n\\", "$'a\\x0a\\\\'"),
        ])
    func shell(_ text: String, _ expected: String) { #expect(ShellWord.quoted(text) == expected) }

    @Test(
        "Markdown code spans cannot be closed from within",
        arguments: [
            ("a", "`a`"), ("a`b", "``a`b``"), ("`a`", "`` `a` ``"), ("a|b", "`a|b`"),
            ("<img>", "`<img>`"), ("a\n# b", "`a\\n# b`"), ("", "` `"),
        ])
    func code(_ text: String, _ expected: String) {
        #expect(MarkdownSafe.code(text) == expected)
        #expect(MarkdownSafe.cell(text) == expected.replacing("|", with: "\\|"))
    }

    @Test(
        "Markdown prose shows as it is",
        arguments: [
            ("a <b> *c*", "a \\<b\\> \\*c\\*"), ("[x](y)", "\\[x\\]\\(y\\)"), ("a | b", "a \\| b"),
            ("to @all", "`to @all`"), ("see http://x", "`see http://x`"),
        ])
    func prose(_ text: String, _ expected: String) {
        #expect(MarkdownSafe.prose(text) == expected)
    }

    @Test("Markdown blocks have a fence that their text does not")
    func block() {
        #expect(MarkdownSafe.block("a\n````\nb", language: "sql").first == "`````sql")
        #expect(MarkdownSafe.block("a", language: "sql") == ["```sql", "a", "```"])
    }

    @Test("numbers for people")
    func numbers() {
        #expect(HumanText.number(0) == "0" && HumanText.number(999) == "999")
        #expect(HumanText.number(-1_234_567) == "-1,234,567")
        #expect(HumanText.number(.min) == "-9,223,372,036,854,775,808")
        #expect(HumanText.bytes(1) == "1 byte" && HumanText.bytes(1_023) == "1023 bytes")
        #expect(HumanText.bytes(14 << 20) == "14 MB" && HumanText.bytes(3 << 29) == "1.5 GB")
        #expect(HumanText.bytes(.max) == "8191 PB")
        #expect(HumanText.duration(milliseconds: 999) == "999 ms")
        #expect(HumanText.duration(milliseconds: 61_500) == "1 min 1 s")
        #expect(HumanText.duration(milliseconds: 7_800_000) == "2 h 10 min")
        #expect(HumanText.list(["a", "b", "c"]) == "a, b and c" && HumanText.list([]).isEmpty)
    }
}
