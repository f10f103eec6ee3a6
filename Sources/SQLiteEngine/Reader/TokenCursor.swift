// Owns the walk over the tokens of a text. Invariant: a token is taken once; whoever does not find
// what the grammar asks for says so with the place, and guesses nothing.

internal import SchemaCore

/// The tokens of one text that SQLite keeps, from front to back.
struct TokenCursor {
    /// A text that is not as the grammar has it.
    struct Mismatch: Error, Hashable {
        let expected: String
        /// In bytes, from 0.
        let offset: Int
    }

    private let bytes: [UInt8]
    private let tokens: [Token]
    private var at = 0

    /// Takes a text.
    init(_ text: String) throws(Mismatch) {
        bytes = Array(text.utf8)
        do throws(Tokenizer.Failure) {
            tokens = try Tokenizer.tokens(of: text)
        } catch {
            throw Mismatch(expected: "SQL, but \(error.what)", offset: error.offset)
        }
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { at >= tokens.count }
    /// The token that comes next, or one behind it.
    func peek(_ distance: Int = 0) -> Token? {
        at + distance < tokens.count ? tokens[at + distance] : nil
    }
    /// Whether these keywords come next.
    func isNext(_ keywords: String...) -> Bool { isNext(keywords) }
    func isNextSymbol(_ symbol: String) -> Bool { peek()?.isSymbol(symbol) ?? false }

    private func isNext(_ keywords: [String]) -> Bool {
        keywords.enumerated().allSatisfy { peek($0)?.isWord($1) ?? false }
    }

    func mismatch(_ expected: String) -> Mismatch {
        Mismatch(expected: expected, offset: peek()?.range.lowerBound ?? bytes.count)
    }

    /// Takes these keywords if they come next.
    mutating func take(_ keywords: String...) -> Bool {
        guard isNext(keywords) else { return false }
        at += keywords.count
        return true
    }
    mutating func takeSymbol(_ symbol: String) -> Bool {
        guard isNextSymbol(symbol) else { return false }
        at += 1
        return true
    }
    mutating func expect(_ keyword: String) throws(Mismatch) {
        guard take(keyword) else { throw mismatch(keyword) }
    }
    mutating func expectSymbol(_ symbol: String) throws(Mismatch) {
        guard takeSymbol(symbol) else { throw mismatch(symbol) }
    }
    mutating func next() throws(Mismatch) -> Token {
        guard let token = peek() else { throw mismatch("more") }
        at += 1
        return token
    }

    /// Takes a name: a word, a name in quotes, or a string in the place of one.
    mutating func name() throws(Mismatch) -> String {
        guard let token = peek() else { throw mismatch("a name") }
        switch token.kind {
        case .word where Keywords.reserved.contains(token.text.asciiUppercased):
            throw mismatch("a name")
        case .word, .quoted, .string:
            at += 1
            return token.unquoted
        case .blob, .number, .variable, .symbol: throw mismatch("a name")
        }
    }

    /// Takes what stands in parentheses, and them.
    mutating func parenthesized() throws(Mismatch) -> [Token] {
        try expectSymbol("(")
        let inner = try until { $0.isSymbol(")") }
        try expectSymbol(")")
        return inner
    }

    /// Takes tokens up to one outside of inner parentheses for which `isEnd` holds; it has to come.
    mutating func until(_ isEnd: (Token) -> Bool) throws(Mismatch) -> [Token] {
        var depth = 0
        for index in at..<tokens.count {
            if depth == 0, isEnd(tokens[index]) {
                defer { at = index }
                return Array(tokens[at..<index])
            }
            if tokens[index].isSymbol("(") { depth += 1 }
            if tokens[index].isSymbol(")") { depth -= 1 }
            if depth < 0 { break }
        }
        throw mismatch("the end of what begins here")
    }

    /// Takes what is left, without semicolons at the end.
    mutating func rest() -> [Token] {
        defer { at = tokens.count }
        return Array(tokens[at...].reversed().drop { $0.isSymbol(";") }.reversed())
    }

    /// Items in parentheses, separated by commas.
    mutating func list() throws(Mismatch) -> [[Token]] {
        let tokens = try parenthesized()
        var items: [[Token]] = [[]]
        var depth = 0
        for token in tokens {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            if depth == 0, token.isSymbol(",") {
                items.append([])
            } else {
                items[items.count - 1].append(token)
            }
        }
        return items
    }

    /// Names in parentheses; a collation or an order behind one means nothing there.
    mutating func names() throws(Mismatch) -> [String] {
        try list().map { item throws(Mismatch) in
            guard let first = item.first else { throw mismatch("a name") }
            return first.unquoted
        }
    }

    /// The text of some tokens as it was written, with what stands between them.
    func written(_ tokens: some BidirectionalCollection<Token>) -> String {
        guard let first = tokens.first, let last = tokens.last else { return "" }
        return String(
            decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
    }

    /// Some tokens as SQL that compares.
    func comparable(_ tokens: [Token], in scope: NameScope) -> ComparableSQL {
        let inner = CanonicalText.withoutParentheses(tokens[...])
        return ComparableSQL(
            written: VerbatimSQL(written(inner)), canonical: CanonicalText.of(inner, in: scope))
    }
}
