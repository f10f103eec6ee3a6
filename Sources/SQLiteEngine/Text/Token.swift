/// One token of SQLite's language. Whitespace and comments are none.
struct Token: Hashable, Sendable {
    /// What sort of token it is, as far as its first characters tell.
    enum Kind: Hashable, Sendable {
        /// A bare word: a keyword or a name; which of both, only the grammar tells.
        case word
        /// A name in quotes. Only double quotes may also stand around a string (by mistake).
        case quoted(Quote)
        /// A string in single quotes; where only a name can stand, it is one.
        case string
        /// `x'00ff'`.
        case blob
        case number
        /// `?1`, `:name`, `@name`, `$name`.
        case variable
        /// An operator or a punctuation mark.
        case symbol
    }

    /// What stands around a name.
    enum Quote: Hashable, Sendable { case double, backtick, bracket }

    let kind: Kind
    /// The token as it is written.
    let text: String
    /// Where it stands, in bytes.
    let range: Range<Int>

    /// Whether it is this keyword, in capitals.
    func isWord(_ keyword: String) -> Bool {
        kind == .word && text.utf8.count == keyword.utf8.count && text.asciiUppercased == keyword
    }

    func isSymbol(_ symbol: String) -> Bool { kind == .symbol && text == symbol }

    /// What stands between the quotes; a bare word as it is.
    var unquoted: String {
        let mark: String
        switch kind {
        case .word, .blob, .number, .variable, .symbol: return text
        case .quoted(.bracket): return String(text.dropFirst().dropLast())
        case .quoted(.double): mark = "\""
        case .quoted(.backtick): mark = "`"
        case .string: mark = "'"
        }
        return text.dropFirst().dropLast().replacing(mark + mark, with: mark).description
    }
}
