/// Whether text for people carries colour. Colour never says anything that the words do not.
public enum TextStyle: Hashable, Sendable {
    /// No escapes at all.
    case plain
    /// ANSI escapes, for a terminal.
    case ansi

    /// A word in the colour of a risk.
    func badge(_ risk: Risk, width: Int = 0) -> String {
        let word = risk.rawValue
        let padding = String(repeating: " ", count: max(0, width - word.count))
        return paint(word, Self.code(risk)) + padding
    }

    /// A severity in its colour.
    func severity(_ severity: Finding.Severity) -> String {
        switch severity {
        case .info: paint(severity.rawValue, "2")
        case .low: severity.rawValue
        case .medium: paint(severity.rawValue, "33")
        case .high: paint(severity.rawValue, "35")
        case .critical: paint(severity.rawValue, "1;31")
        }
    }

    /// Bold.
    public func strong(_ text: String) -> String { paint(text, "1") }
    /// Faint.
    public func faint(_ text: String) -> String { paint(text, "2") }

    private func paint(_ text: String, _ code: String) -> String {
        switch self {
        case .plain: text
        case .ansi: "\u{1B}[\(code)m\(text)\u{1B}[0m"
        }
    }

    private static func code(_ risk: Risk) -> String {
        switch risk {
        case .safe: "32"
        case .caution: "33"
        case .breaking: "35"
        case .destructive: "1;31"
        }
    }
}
