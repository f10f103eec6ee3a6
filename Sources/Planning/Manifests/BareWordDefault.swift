internal import Manifest
public import SchemaCore

/// Looks for defaults that are one word without quotes: SQL takes it for a column, which a default
/// can never use, so a text was meant.
public struct BareWordDefault: Sendable {
    private let valueWords: Set<String>

    /// Takes the words that are values by themselves, in lower case.
    public init(valueWords: Set<String>) { self.valueWords = valueWords }

    /// A warning, if the default of this column is such a word.
    public func warning(_ value: VerbatimSQL, of column: String) -> Diagnostic? {
        let text = value.text
        let utf8 = Array(text.utf8)
        func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a }
        guard let first = utf8.first, isLetter(first) || first == 0x5f,
            utf8.allSatisfy({
                isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x5f || $0 == 0x2d
            }),
            !valueWords.contains(text.lowercased())
        else { return nil }
        return .warning(
            "bare-word-default",
            "the default of \"\(column)\" is the word \(text), which SQL takes for a column",
            at: value.span,
            help: "a text needs quotes of its own: write default: \"'\(text)'\"")
    }
}
