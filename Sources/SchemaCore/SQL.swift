/// SQL text that an author wrote or a server printed: carried whole, never read for its meaning.
///
/// Two are equal if their texts are; the span only serves to point into the manifest.
public struct VerbatimSQL: Sendable {
    /// The text.
    public let text: String
    /// Where a person wrote it.
    public let span: SourceSpan?

    /// Takes a text as it is.
    public init(_ text: String, at span: SourceSpan? = nil) {
        self.text = text
        self.span = span
    }
}

extension VerbatimSQL: Hashable {
    /// Compares the texts byte by byte: to a server two spellings of one character differ.
    public static func == (lhs: VerbatimSQL, rhs: VerbatimSQL) -> Bool {
        ByteText(lhs.text) == ByteText(rhs.text)
    }
    /// Hashes the text's bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(ByteText(text)) }
}

extension VerbatimSQL: Codable {
    /// Coded as its text.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
    /// Coded as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// How an engine writes names and literals.
public struct SQLDialect: Sendable {
    /// Names that must be quoted although they are plain words, in lower case.
    public let reservedWords: Set<String>
    /// Whether a backslash in a literal has to be written in an escape string.
    public let escapesBackslash: Bool

    /// Makes a dialect. Names are quoted with `"`, literals with `'`.
    public init(reservedWords: Set<String>, escapesBackslash: Bool) {
        self.reservedWords = reservedWords
        self.escapesBackslash = escapesBackslash
    }

    /// A name as this engine reads it back: quoted only where it must be.
    public func quoted(name: String) -> String {
        let utf8 = name.utf8
        let plain =
            utf8.first.map { ($0 >= 0x61 && $0 <= 0x7a) || $0 == 0x5f } ?? false
            && utf8.allSatisfy { byte in
                (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5f
            }
        if plain && !reservedWords.contains(name) { return name }
        return "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    /// A string literal.
    public func quoted(literal: String) -> String {
        let body = "'" + literal.replacing("'", with: "''") + "'"
        guard escapesBackslash, literal.utf8.contains(0x5c) else { return body }
        return "E" + body.replacing("\\", with: "\\\\")
    }
}

/// A piece of SQL, made only from literals of our source, quoted names and values, and verbatim
/// text, so that nothing unquoted can slip in: a bare `String` does not compile into it.
public struct SQL: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        case text(String)
        case name(String)
        case literal(String)
        case verbatim(VerbatimSQL)
    }

    var parts: [Part]

    /// Nothing.
    public init() { parts = [] }

    /// Whether nothing would be written.
    public var isEmpty: Bool { parts.isEmpty }

    /// One after the other.
    public static func + (lhs: SQL, rhs: SQL) -> SQL {
        var sum = lhs
        sum.parts += rhs.parts
        return sum
    }

    /// Appends.
    public static func += (lhs: inout SQL, rhs: SQL) { lhs.parts += rhs.parts }
}

extension SQL: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// Collects the pieces of an interpolated SQL text.
    public struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        /// Reserves nothing: the parts are few.
        public init(literalCapacity: Int, interpolationCount: Int) {}

        /// Text of our own source.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }
        /// A name, quoted where it must be.
        public mutating func appendInterpolation(name: String) { parts.append(.name(name)) }
        /// A dotted name, outermost first.
        public mutating func appendInterpolation(name path: [String]) {
            for (index, part) in path.enumerated() {
                if index > 0 { parts.append(.text(".")) }
                parts.append(.name(part))
            }
        }
        /// A string literal, quoted.
        public mutating func appendInterpolation(literal: String) {
            parts.append(.literal(literal))
        }
        /// A whole number.
        public mutating func appendInterpolation(_ number: some BinaryInteger) {
            parts.append(.text(String(number)))
        }
        /// What an author wrote or a server printed.
        public mutating func appendInterpolation(verbatim: VerbatimSQL) {
            parts.append(.verbatim(verbatim))
        }
        /// Nested SQL.
        public mutating func appendInterpolation(_ sql: SQL) { parts += sql.parts }
    }

    /// Text of our own source.
    public init(stringLiteral value: String) { parts = [.text(value)] }
    /// An interpolated text.
    public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
}

extension Sequence<SQL> {
    /// One after the other, with `separator` between.
    public func joined(_ separator: SQL) -> SQL {
        var out = SQL()
        for (index, sql) in enumerated() {
            if index > 0 { out += separator }
            out += sql
        }
        return out
    }
}

/// SQL written out for an engine, with the places its verbatim pieces came from.
public struct RenderedSQL: Hashable, Sendable {
    /// A verbatim piece in the text.
    public struct Fragment: Hashable, Sendable {
        /// Where it stands, in characters (Unicode scalars) from 0.
        public let range: Range<Int>
        /// Where it was written.
        public let span: SourceSpan
        /// Its text.
        public let text: String
    }

    /// The text.
    public let text: String
    /// Its verbatim pieces that a person wrote, in order.
    public let fragments: [Fragment]

    /// The place in a manifest that belongs to a position in the text.
    ///
    /// - Parameter position: in characters from 1, as PostgreSQL reports it.
    public func span(at position: Int) -> SourceSpan? {
        let offset = position - 1
        guard let hit = fragments.first(where: { $0.range.contains(offset) }) else { return nil }
        var line = hit.span.start.line
        var column = hit.span.start.column
        // Only a piece on one line keeps its columns; in a block scalar the indent is unknown.
        for scalar in hit.text.unicodeScalars.prefix(offset - hit.range.lowerBound) {
            if scalar == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
        }
        guard line == hit.span.start.line, hit.span.end.line == line else { return hit.span }
        let start = SourceSpan.Position(line: line, column: column)
        return SourceSpan(file: hit.span.file, start: start, end: max(start, hit.span.end))
    }
}

extension SQL {
    /// Writes it out.
    public func rendered(_ dialect: SQLDialect) -> RenderedSQL {
        var text = ""
        var length = 0
        var fragments: [RenderedSQL.Fragment] = []
        func append(_ piece: String) {
            text += piece
            length += piece.unicodeScalars.count
        }
        for part in parts {
            switch part {
            case .text(let piece): append(piece)
            case .name(let name): append(dialect.quoted(name: name))
            case .literal(let value): append(dialect.quoted(literal: value))
            case .verbatim(let verbatim):
                let start = length
                append(verbatim.text)
                if let span = verbatim.span {
                    fragments.append(
                        .init(range: start..<length, span: span, text: verbatim.text))
                    // What an author wrote may end in a comment, which ends with its line.
                    if verbatim.text.contains("--") { append("\n") }
                }
            }
        }
        return RenderedSQL(text: text, fragments: fragments)
    }

    /// The text alone.
    public func text(_ dialect: SQLDialect) -> String { rendered(dialect).text }
}
