/// Takes the power out of text that came from a database or a manifest before people see it:
/// control characters, terminal escapes, and characters that hide or reorder text are written
/// out as `\u{1B}`. Names and messages are hostile input.
public enum TerminalSafe {
    /// For one line: line ends and tabs are written out as well.
    public static func line(_ text: String) -> String { escaped(text, keepsLines: false) }

    /// For SQL and other text of several lines: line feeds and tabs stay.
    public static func block(_ text: String) -> String { escaped(text, keepsLines: true) }

    /// For JSON that an encoder wrote: the same value, with those characters as `\u001B`.
    ///
    /// They can only stand inside of JSON's strings, where the escape means the same character.
    public static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isUnsafe(scalar) && scalar != "\n" && scalar != "\t" {
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    let padding = String(repeating: "0", count: 4 - hex.count)
                    out.append(contentsOf: "\\u\(padding)\(hex)".unicodeScalars)
                }
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// Whether a text holds any such character apart from line feeds and tabs.
    public static func isTricky(_ text: String) -> Bool {
        text.unicodeScalars.contains { isUnsafe($0) && $0 != "\n" && $0 != "\t" }
    }

    private static func escaped(_ text: String, keepsLines: Bool) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !isUnsafe(scalar) || (keepsLines && (scalar == "\n" || scalar == "\t")) {
                out.append(scalar)
            } else {
                let escape =
                    switch scalar {
                    case "\n": "\\n"
                    case "\r": "\\r"
                    case "\t": "\\t"
                    default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
                    }
                out.append(contentsOf: escape.unicodeScalars)
            }
        }
        return String(out)
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // direction
        case 0x2028, 0x2029: true  // line and paragraph ends
        case 0x00AD, 0x180E, 0x200B, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF: true  // invisible
        case 0xFFF9...0xFFFB, 0xE0000...0xE007F: true  // annotations, tags
        default: false
        }
    }
}
