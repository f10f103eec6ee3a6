/// What is wrong, where, and what to do next: a value that is collected, not thrown, so that
/// one run tells all.
public struct Diagnostic: Hashable, Codable, Sendable {
    /// How much a diagnostic matters.
    public enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
        case note, warning, error

        /// Notes are less than warnings, warnings less than errors.
        public static func < (lhs: Severity, rhs: Severity) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// A stable name in kebab case, for example `unknown-key`; documented and tested.
    public let code: String
    /// How much it matters.
    public let severity: Severity
    /// One sentence: what is wrong, with the offending text.
    public let message: String
    /// Where it was written, if it was written by a person.
    public let span: SourceSpan?
    /// What to do next, for example `did you mean "nullable"?`.
    public let help: String?
    /// Further places and facts that belong to it.
    public let notes: [Note]

    /// A further place or fact.
    public struct Note: Hashable, Codable, Sendable {
        /// One sentence.
        public let message: String
        /// Where, if it has a place.
        public let span: SourceSpan?

        /// Makes a note.
        public init(_ message: String, at span: SourceSpan? = nil) {
            self.message = message
            self.span = span
        }
    }

    /// Makes a diagnostic.
    public init(
        _ severity: Severity, code: String, _ message: String, at span: SourceSpan? = nil,
        help: String? = nil, notes: [Note] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.span = span
        self.help = help
        self.notes = notes
    }

    /// An error.
    public static func error(
        _ code: String, _ message: String, at span: SourceSpan? = nil, help: String? = nil,
        notes: [Note] = []
    ) -> Diagnostic {
        Diagnostic(.error, code: code, message, at: span, help: help, notes: notes)
    }

    /// A warning.
    public static func warning(
        _ code: String, _ message: String, at span: SourceSpan? = nil, help: String? = nil,
        notes: [Note] = []
    ) -> Diagnostic {
        Diagnostic(.warning, code: code, message, at: span, help: help, notes: notes)
    }
}

/// The diagnostics that kept something from going on; thrown only where nothing can go on.
public struct DiagnosticsError: Error, Sendable {
    /// All of them, at least one of which is an error.
    public let diagnostics: [Diagnostic]

    /// Makes the error from what was collected.
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

extension Sequence<Diagnostic> {
    /// Whether any of them is an error.
    public var hasErrors: Bool { contains { $0.severity == .error } }
}

extension Diagnostic {
    /// The text for people: place, severity, message, the line itself with a marker below the
    /// offending characters, help and notes.
    ///
    /// - Parameter line: gives line `n` (from 1) of a file, or nil where its text is not at hand.
    public func rendered(line: (_ file: String, _ n: Int) -> String? = { _, _ in nil }) -> String {
        var out = span.map { "\($0): " } ?? ""
        out += "\(severity.rawValue): \(message) [\(code)]"
        if let span { out += Self.excerpt(of: span, line: line) }
        for note in notes {
            out += "\n  note: " + (note.span.map { "\($0): " } ?? "") + note.message
        }
        if let help { out += "\n  help: \(help)" }
        return out
    }

    private static func excerpt(
        of span: SourceSpan, line: (_ file: String, _ n: Int) -> String?
    ) -> String {
        guard let text = line(span.file, span.start.line) else { return "" }
        let scalars = Array(text.unicodeScalars)
        let number = String(span.start.line)
        let first = min(max(span.start.column - 1, 0), scalars.count)
        let last =
            span.end.line == span.start.line
            ? min(max(span.end.column - 1, first), scalars.count) : scalars.count
        // A tab stays a tab, so that the marker stands below its character.
        let indent = scalars[..<first].map { $0 == "\t" ? "\t" : " " }.joined()
        let marker = "^" + String(repeating: "~", count: max(last - first - 1, 0))
        let gutter = String(repeating: " ", count: number.count)
        return "\n  \(number) | \(text)\n  \(gutter) | \(indent)\(marker)"
    }
}
