/// Decides how a text is written as a scalar: plain where it reads back as the same text, else
/// in quotes, or as a block where it has lines.
enum YAMLScalarText {
    /// On one line.
    ///
    /// - Parameter isPlain: whether a text that looks like a number, a truth value or null stays
    ///   without quotes.
    static func inline(_ text: String, isPlain: Bool, inFlow: Bool) -> String {
        if !isPlain && YAMLScalarForm.isTyped(text) { return quoted(text) }
        return isPlainSafe(text, inFlow: inFlow) ? text : quoted(text)
    }

    static func quoted(_ text: String) -> String {
        let isReadable = text.unicodeScalars.allSatisfy(isPrintable)
        let utf8 = text.utf8
        let needsEscapes = utf8.contains { $0 == 0x22 || $0 == 0x5c }
        if isReadable && needsEscapes {
            return "'" + text.replacing("'", with: "''") + "'"
        }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case "\0": out += "\\0"
            default:
                if isPrintable(scalar) {
                    out.unicodeScalars.append(scalar)
                } else {
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    let width = scalar.value > 0xffff ? 8 : 4
                    out +=
                        (width == 8 ? "\\U" : "\\u")
                        + String(repeating: "0", count: width - hex.count) + hex
                }
            }
        }
        return out + "\""
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e: true
        case 0..<0xa0: false
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned,
                .privateUse, .spaceSeparator:
                false
            default: true
            }
        }
    }

    private static let indicators = Set(",[]{}#&*!|>'\"%@`".utf8)
    private static let flowIndicators = Set(",[]{}".utf8)

    private static func isPlainSafe(_ text: String, inFlow: Bool) -> Bool {
        let utf8 = Array(text.utf8)
        guard let first = utf8.first, let last = utf8.last else { return false }
        if first == 0x20 || last == 0x20 || last == UInt8(ascii: ":") { return false }
        if indicators.contains(first) || text == "<<" || text == "=" { return false }
        if first == UInt8(ascii: "?") || first == UInt8(ascii: ":") { return false }
        if first == UInt8(ascii: "-") {
            guard utf8.count > 1, utf8[1] != 0x20, utf8[1] != first, !inFlow || utf8[1] != 0x2c
            else { return false }
        }
        if text.hasPrefix("...") { return false }
        for index in 1..<max(utf8.count, 1) {
            let (before, byte) = (utf8[index - 1], utf8[index])
            if before == UInt8(ascii: ":") && (byte == 0x20 || byte == UInt8(ascii: "?")) {
                return false
            }
            if before == 0x20 && byte == UInt8(ascii: "#") { return false }
        }
        if inFlow && utf8.contains(where: { flowIndicators.contains($0) }) { return false }
        return text.unicodeScalars.allSatisfy(isPrintable)
    }

    /// A block scalar's header and lines, where the text has lines and can stand as a block.
    static func block(_ text: String) -> (header: String, lines: [String])? {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, scalars.contains("\n"),
            scalars.contains(where: { $0 != "\n" && $0 != " " && $0 != "\t" }),
            scalars.allSatisfy({ $0 == "\n" || $0 == "\t" || isPrintable($0) })
        else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // White space that nobody sees is better seen in quotes.
        guard !lines.contains(where: { !$0.isEmpty && $0.allSatisfy { " \t".contains($0) } })
        else { return nil }
        var header = "|"
        // A text that begins with white space would be taken for deeper indentation.
        if first == " " || first == "\n" || first == "\t" { header += "2" }
        if scalars.last != "\n" {
            header += "-"
        } else {
            lines.removeLast()
            if lines.last?.isEmpty ?? true { header += "+" }
        }
        return (header, lines)
    }
}
