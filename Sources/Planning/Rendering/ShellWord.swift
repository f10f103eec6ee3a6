/// Writes a text as one word of a POSIX shell, so that a command we suggest can be pasted whatever
/// the name in it is.
public enum ShellWord {
    /// The word: bare where it is plain, else quoted; control characters as in `$'\x1b'`.
    public static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a)
                    || (byte >= 0x61 && byte <= 0x7a) || "-_.,:/@%+=".utf8.contains(byte)
            }
        if isPlain { return text }
        guard TerminalSafe.line(text) != text else {
            return "'" + text.replacing("'", with: "'\\''") + "'"
        }
        var out = "$'"
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "'"): out += "\\'"
            case UInt8(ascii: "\\"): out += "\\\\"
            case 0x20...0x7E: out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return out + "'"
    }
}
