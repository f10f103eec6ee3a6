// Owns the canonical form of declared types.

extension ColumnDefinition {
    /// A declared type in capitals, with single blanks between its words and none around its
    /// numbers; what is no row of words with numbers behind it, as only quotes allow, in capitals.
    static func canonicalType(_ text: String) -> String {
        let tokens = (try? Tokenizer.tokens(of: text)) ?? []
        let words = tokens.prefix { $0.kind == .word }
        let rest = tokens.dropFirst(words.count)
        let isPlain =
            rest.isEmpty
            || rest.first?.isSymbol("(") == true && rest.last?.isSymbol(")") == true
                && rest.dropFirst().dropLast().allSatisfy {
                    $0.kind == .number || $0.isSymbol(",") || $0.isSymbol("-") || $0.isSymbol("+")
                }
        guard !words.isEmpty, isPlain else { return text.asciiUppercased }
        return words.map(\.text).joined(separator: " ").asciiUppercased
            + rest.map(\.text).joined()
    }
}
