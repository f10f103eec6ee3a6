import SchemaCore

/// Checks that a file is UTF-8 text in which nothing hides, before libyaml sees it.
///
/// libyaml gives no place for such problems, and it breaks lines at characters at which editors
/// do not; without those, our line numbers are the editor's.
enum YAMLCharacters {
    /// The first offending character, or nil for good text.
    static func problem(in bytes: UnsafeBufferPointer<UInt8>, file: String) -> Diagnostic? {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte < 0x80 {
                if byte < 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09 || byte == 0x7f {
                    return refused(UInt32(byte), at: index, bytes, file)
                }
                index += 1
                continue
            }
            guard let (value, length) = decode(bytes, at: index) else {
                return .error(
                    "invalid-utf8", "the file is not UTF-8: byte 0x\(String(byte, radix: 16))",
                    at: span(at: index, bytes, file), help: "save the file as UTF-8")
            }
            if isRefused(value) { return refused(value, at: index, bytes, file) }
            index += length
        }
        return nil
    }

    private static func refused(
        _ value: UInt32, at index: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ file: String
    ) -> Diagnostic {
        let hex = String(value, radix: 16, uppercase: true)
        let code = String(repeating: "0", count: max(0, 4 - hex.count)) + hex
        let isText = value >= 0x80
        return .error(
            "invalid-character", "the character U+\(code) is invisible or controls the text",
            at: span(at: index, bytes, file),
            help: isText
                ? "remove it, or write it as \"\\u\(code)\" in a double-quoted scalar"
                : "remove it")
    }

    /// C1 controls, separators that break lines in YAML 1.1 only, what reorders text on the
    /// screen, byte order marks inside the file, and non-characters.
    private static func isRefused(_ value: UInt32) -> Bool {
        switch value {
        case 0x80...0x9f, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069, 0xfeff,
            0xfffe, 0xffff:
            true
        default: false
        }
    }

    /// One multi-byte character, refusing overlong forms, surrogates and what is out of range.
    private static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (value: UInt32, length: Int)? {
        let first = bytes[index]
        let length: Int
        let smallest: UInt32
        var value: UInt32
        switch first {
        case 0xc2...0xdf: (length, smallest, value) = (2, 0x80, UInt32(first & 0x1f))
        case 0xe0...0xef: (length, smallest, value) = (3, 0x800, UInt32(first & 0x0f))
        case 0xf0...0xf4: (length, smallest, value) = (4, 0x10000, UInt32(first & 0x07))
        default: return nil
        }
        guard index + length <= bytes.count else { return nil }
        for offset in 1..<length {
            let byte = bytes[index + offset]
            guard byte & 0xc0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3f)
        }
        guard value >= smallest, Unicode.Scalar(value) != nil else { return nil }
        return (value, length)
    }

    private static func span(
        at index: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ file: String
    ) -> SourceSpan {
        var line = 1
        var column = 1
        for offset in 0..<index {
            let byte = bytes[offset]
            if byte == 0x0a
                || byte == 0x0d && !(offset + 1 < bytes.count && bytes[offset + 1] == 0x0a)
            {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 && byte != 0x0d {
                column += 1
            }
        }
        let start = SourceSpan.Position(line: line, column: column)
        return SourceSpan(
            file: file, start: start, end: .init(line: line, column: column + 1))
    }
}
