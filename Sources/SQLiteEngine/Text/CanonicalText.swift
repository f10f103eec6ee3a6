// Owns the canonical form of a piece of SQL: a text that is the same for two sequences of tokens if
// and only if SQLite reads both alike, as far as tokens tell. Blanks, comments, the case of
// keywords and the quotes of names make no difference; strings do, those in double quotes too.

/// What names in a piece of SQL can mean.
enum NameScope {
    /// The columns of one table, folded to spelled, and functions: checks, generated columns, keys
    /// and conditions of indexes. There the case of names means nothing, and a word in double
    /// quotes that names no column is a string.
    case table([String: String])
    /// Anything: views and triggers. There the case of a name may become the name of a column, so
    /// it is kept. `quotesNames` tells whether SQLite takes all words in double quotes for names.
    case any(quotesNames: Bool)
}

/// Writes tokens in canonical form.
struct CanonicalText {
    private let tokens: ArraySlice<Token>
    private let scope: NameScope

    /// The canonical form of some tokens; outer parentheses that mean nothing are left out.
    static func of(_ tokens: some Sequence<Token>, in scope: NameScope) -> String {
        let all = Array(tokens)
        return CanonicalText(tokens: withoutParentheses(all[...]), scope: scope).text
    }

    /// The columns that an expression of a table names, folded. Where a word may be a column or
    /// something else (a type behind `CAST`), it counts.
    static func columns(in tokens: some Sequence<Token>, of names: [String: String]) -> Set<String>
    {
        let text = CanonicalText(tokens: Array(tokens)[...], scope: .table(names))
        return Set(text.tokens.indices.compactMap(text.column))
    }

    private func column(_ index: Int) -> String? {
        guard case .table(let names) = scope, !isCalled(index) else { return nil }
        let token = tokens[index]
        let folded = token.unquoted.asciiFolded
        switch token.kind {
        case .word:
            let isKeyword = Keywords.reserved.contains(folded.asciiUppercased)
            return !isKeyword && names[folded] != nil ? folded : nil
        case .quoted: return names[folded] == nil ? nil : folded
        case .string: return isBesideDot(index) && names[folded] != nil ? folded : nil
        case .blob, .number, .variable, .symbol: return nil
        }
    }

    private func isCalled(_ index: Int) -> Bool {
        follows(index, "(") || isAfter(index, "COLLATE")
    }

    private init(tokens: ArraySlice<Token>, scope: NameScope) {
        self.tokens = tokens
        self.scope = scope
    }

    /// The tokens within parentheses that enclose all of them and hold one plain expression.
    static func withoutParentheses(_ tokens: ArraySlice<Token>) -> ArraySlice<Token> {
        var inner = tokens
        while let first = inner.first, first.isSymbol("("), encloses(inner) {
            let next = inner.dropFirst().dropLast()
            guard let word = next.first, !isList(next),
                !["SELECT", "VALUES", "WITH"].contains(where: word.isWord)
            else { break }
            inner = next
        }
        return inner
    }

    /// Whether the first token's parenthesis is closed by the last one.
    private static func encloses(_ tokens: ArraySlice<Token>) -> Bool {
        var depth = 0
        for (index, token) in zip(tokens.indices, tokens) {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            if depth == 0 { return index == tokens.endIndex - 1 }
        }
        return false
    }

    private static func isList(_ tokens: ArraySlice<Token>) -> Bool {
        var depth = 0
        for token in tokens {
            if token.isSymbol("(") { depth += 1 }
            if token.isSymbol(")") { depth -= 1 }
            if depth == 0, token.isSymbol(",") { return true }
        }
        return false
    }

    // MARK: - Words

    private var text: String {
        var out = ""
        var before: String?
        var isSign = false
        for index in tokens.indices {
            let word = written(index)
            if let before, needsBlank(before, word, afterSign: isSign) { out += " " }
            isSign = (word == "-" || word == "+") && (before.map(Self.opens) ?? true)
            out += word
            before = word
        }
        return out
    }

    /// Whether an operand follows, so that `-` behind it is a sign.
    private static func opens(_ word: String) -> Bool {
        guard let first = word.unicodeScalars.first else { return true }
        if word == ")" { return false }
        if "(,=<>!|&+-*/%~".unicodeScalars.contains(first) { return true }
        return Keywords.reserved.contains(word) && word != "NULL"
    }

    private func needsBlank(_ before: String, _ word: String, afterSign: Bool) -> Bool {
        if before == "(" || before == "." || before == "~" { return false }
        if [")", ",", ".", ";"].contains(word) { return false }
        // Two signs would begin a comment.
        if afterSign { return word == "-" }
        if word == "(" {
            let isName = before.utf8.last.map {
                Tokenizer.isNamePart($0) || $0 == UInt8(ascii: "\"")
            }
            return !(isName ?? false) || Keywords.reserved.contains(before)
        }
        return true
    }

    private func written(_ index: Int) -> String {
        let token = tokens[index]
        switch token.kind {
        case .symbol:
            switch token.text {
            case "==": return "="
            case "!=": return "<>"
            case let other: return other
            }
        case .number: return token.text.lowercased().replacing("_", with: "")
        case .blob: return "x" + token.text.dropFirst().uppercased()
        case .variable: return token.text
        case .string: return isBesideDot(index) ? name(index) : token.text
        case .word, .quoted: return name(index)
        }
    }

    private func isBesideDot(_ index: Int) -> Bool {
        follows(index, ".") || index > tokens.startIndex && tokens[index - 1].isSymbol(".")
    }

    private func follows(_ index: Int, _ symbol: String) -> Bool {
        index + 1 < tokens.endIndex && tokens[index + 1].isSymbol(symbol)
    }

    private func isAfter(_ index: Int, _ keyword: String) -> Bool {
        index > tokens.startIndex && tokens[index - 1].isWord(keyword)
    }

    private func name(_ index: Int) -> String {
        let token = tokens[index]
        let name = token.unquoted
        let upper = name.asciiUppercased
        if token.kind == .word,
            Keywords.reserved.contains(upper) || Keywords.special.contains(upper)
        {
            return upper
        }
        switch scope {
        case .table(let columns):
            let isCalled = isCalled(index)
            if !isCalled, let column = columns[name.asciiFolded] { return Self.bare(column) }
            let isString =
                token.kind == .quoted(.double) && !isCalled && !isBesideDot(index)
                && !["rowid", "oid", "_rowid_"].contains(name.asciiFolded)
            return isString ? Self.literal(name) : Self.bare(name.asciiFolded)
        case .any(let quotesNames):
            if token.kind == .quoted(.double), !quotesNames { return token.text }
            // A bare keyword has no case, unless it can only be a name here.
            let isFolded =
                token.kind == .word && Keywords.unreserved.contains(upper) && !isAfter(index, "AS")
            return isFolded ? name.asciiFolded : Self.bare(name)
        }
    }

    /// A name without quotes, if it needs none.
    static func bare(_ name: String) -> String {
        let upper = name.asciiUppercased
        let isPlain =
            name.utf8.first.map { !($0 >= 0x30 && $0 <= 0x39) && $0 != 0x24 } ?? false
            && name.utf8.allSatisfy(Tokenizer.isNamePart)
        if isPlain, !Keywords.reserved.contains(upper), !Keywords.special.contains(upper) {
            return name
        }
        return "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    private static func literal(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
