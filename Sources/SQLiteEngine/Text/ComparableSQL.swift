public import SchemaCore

/// SQL that an author wrote, with the canonical form by which it is compared: two are equal if
/// SQLite reads their tokens alike.
///
/// SQLite keeps such texts as they were written, so Lockstep writes them as they were, too.
public struct ComparableSQL: Sendable {
    /// The text as it was written, without outer parentheses and blanks.
    public let written: VerbatimSQL
    /// What is compared.
    public let canonical: String

    /// Takes a text with its canonical form.
    init(written: VerbatimSQL, canonical: String) {
        self.written = written
        self.canonical = canonical
    }

    /// Takes what an author wrote. Before a database has read it, nothing is known of its names.
    public init(_ written: VerbatimSQL) {
        guard let tokens = try? Tokenizer.tokens(of: written.text) else {
            // What is no SQL at all is compared as it is; the database will refuse it.
            self.init(written: written, canonical: written.text)
            return
        }
        self.init(
            written: written.withoutTail(tokens),
            canonical: CanonicalText.of(tokens, in: .any(quotesNames: true)))
    }

    /// Takes a text that no manifest holds.
    public init(_ text: String) { self.init(VerbatimSQL(text)) }
}

extension ComparableSQL: Hashable {
    /// Compares the canonical forms.
    public static func == (lhs: ComparableSQL, rhs: ComparableSQL) -> Bool {
        lhs.canonical.isSameBytes(as: rhs.canonical)
    }
    /// Hashes the canonical form.
    public func hash(into hasher: inout Hasher) { hasher.combine(canonical) }
}

extension ComparableSQL: Codable {
    private enum CodingKeys: CodingKey { case canonical, written }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        canonical = try container.decode(String.self, forKey: .canonical)
        written =
            try container.decodeIfPresent(VerbatimSQL.self, forKey: .written)
            ?? VerbatimSQL(canonical)
    }

    /// Coded with both forms where they differ; for a digest, as the canonical one.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(canonical, forKey: .canonical)
        let isDigest = CodingUserInfoKey.canonicalBytes.map { encoder.userInfo[$0] != nil }
        if isDigest != true, written.text != canonical {
            try container.encode(written, forKey: .written)
        }
    }
}

extension VerbatimSQL {
    /// Without what stands behind the last of its tokens: a comment there would hide what follows.
    func withoutTail(_ tokens: [Token]) -> VerbatimSQL {
        guard let end = tokens.last?.range.upperBound, end < text.utf8.count else { return self }
        return VerbatimSQL(String(decoding: text.utf8.prefix(end), as: UTF8.self), at: span)
    }
}
