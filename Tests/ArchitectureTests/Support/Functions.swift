// Owns finding functions, computed properties and switches in masked code by counting brackets.

/// A function, initializer, subscript or computed property with its lines, counted from 1.
struct FunctionExtent: Sendable {
    let name: String
    let first: Int
    let last: Int

    var length: Int { last - first + 1 }
}

/// A switch with its lines, counted from 1, and what its cases begin with.
struct SwitchExtent: Sendable {
    let line: Int
    /// The line of `default`, if it has one.
    let defaultLine: Int?
    /// The patterns of its cases, each from behind `case` to the end of the line.
    let patterns: [String]

    /// Whether a pattern names a case as enums do: `.name`, `(.name, …)`, `let .name(…)`.
    var isOverCases: Bool {
        patterns.contains { pattern in
            let head = pattern.drop { $0 == " " || $0 == "(" }
            return [".", "let .", "var .", "_, ."].contains { prefix in
                // `..<5` is a range.
                head.hasPrefix(prefix)
                    && head.dropFirst(prefix.count).first?.isLetter == true
            }
        }
    }
}

/// The words and brackets of a file, each with its line.
struct TokenList: Sendable {
    struct Token: Sendable {
        let text: Substring
        let line: Int
    }

    let tokens: [Token]
    private let code: [String]

    init(_ source: SwiftSource) {
        code = source.code
        var tokens: [Token] = []
        for (index, line) in source.code.enumerated() {
            var rest = line[...]
            while let first = rest.first {
                let isWord = first.isLetter || first == "_" || first == "`"
                let end =
                    isWord
                    ? rest.firstIndex { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }
                        ?? rest.endIndex
                    : rest.index(after: rest.startIndex)
                if first != " " { tokens.append(Token(text: rest[..<end], line: index + 1)) }
                rest = rest[end...]
            }
        }
        self.tokens = tokens
    }

    /// The functions and computed properties, those inside of others too.
    var functions: [FunctionExtent] {
        var out: [FunctionExtent] = []
        for index in tokens.indices {
            let word = tokens[index].text
            let isFunction = ["func", "init", "subscript", "deinit"].contains(word)
            guard isFunction || word == "var" else { continue }
            // `self.init(` and `.init(` are calls.
            if index > 0, tokens[index - 1].text == "." { continue }
            guard let open = body(after: index, isProperty: !isFunction) else { continue }
            let name =
                index + 1 < tokens.count && (word == "func" || word == "var")
                ? String(tokens[index + 1].text) : String(word)
            out.append(
                FunctionExtent(
                    name: name, first: tokens[index].line, last: tokens[closing(open)].line))
        }
        return out
    }

    /// Where the body of a declaration opens; nil if it has none.
    private func body(after start: Int, isProperty: Bool) -> Int? {
        let declarations: Set<Substring> = [
            "func", "var", "let", "init", "subscript", "deinit", "case", "static", "struct",
            "enum", "class", "actor", "extension", "protocol", "typealias", "return", "guard", "if",
        ]
        var depth = 0
        // Behind the name too, which may be an operator.
        let skipped = tokens[start].text == "func" ? 2 : 1
        for index in tokens.indices.dropFirst(start + skipped) {
            let text = tokens[index].text
            switch text {
            case "(", "[", "<": depth += 1
            case ")", "]": depth -= 1
            case ">": if tokens[index - 1].text != "-" { depth -= 1 }
            case "{" where depth == 0: return index
            case "}" where depth == 0: return nil
            case "=" where depth == 0 && isProperty: return nil
            case _ where depth == 0 && declarations.contains(text): return nil
            default: break
            }
        }
        return nil
    }

    /// The brace that closes the one at a place.
    private func closing(_ open: Int) -> Int {
        var depth = 0
        for index in tokens.indices.dropFirst(open) {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }

    /// The switches, those inside of others too.
    var switches: [SwitchExtent] {
        var out: [SwitchExtent] = []
        for index in tokens.indices where tokens[index].text == "switch" {
            if index > 0, tokens[index - 1].text == "." { continue }
            guard let open = body(after: index, isProperty: false) else { continue }
            // A set that the standard library may make larger.
            if tokens[open - 1].text == "generalCategory" { continue }
            let end = closing(open)
            var depth = 0
            var defaultLine: Int?
            var patterns: [String] = []
            for place in open..<end {
                let token = tokens[place]
                if token.text == "{" { depth += 1 }
                if token.text == "}" { depth -= 1 }
                guard depth == 1 else { continue }
                let before = tokens[place - 1].text
                // Not that of a dictionary's subscript, nor one for cases of later systems.
                if token.text == "default", tokens[place + 1].text == ":", before != ",",
                    before != "unknown"
                {
                    defaultLine = token.line
                }
                // Not those of `if case` and `guard case`.
                if token.text == "case", !["if", "guard", "while", "for", ","].contains(before) {
                    patterns.append(pattern(token))
                }
            }
            out.append(
                SwitchExtent(
                    line: tokens[index].line, defaultLine: defaultLine, patterns: patterns))
        }
        return out
    }

    private func pattern(_ token: Token) -> String {
        let line = code[token.line - 1]
        guard let range = line.firstRange(of: "case") else { return "" }
        return String(line[range.upperBound...]).trimmed
    }
}
