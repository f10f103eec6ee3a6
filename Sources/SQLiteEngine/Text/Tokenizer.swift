// Owns the cutting of a text into tokens, by the rules of SQLite's own tokenizer (`tokenize.c`).

/// Cuts a text into tokens.
struct Tokenizer {
    /// A text that SQLite could not have read either.
    struct Failure: Error, Hashable {
        let what: String
        /// In bytes, from 0.
        let offset: Int
    }

    private let bytes: [UInt8]
    private var at = 0
    private var tokens: [Token] = []

    /// The tokens of a text.
    static func tokens(of text: String) throws(Failure) -> [Token] {
        var tokenizer = Tokenizer(bytes: Array(text.utf8))
        return try tokenizer.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() throws(Failure) -> [Token] {
        while at < bytes.count {
            if skipsBlank() { continue }
            let start = at
            let kind = try next()
            tokens.append(
                Token(
                    kind: kind, text: String(decoding: bytes[start..<at], as: UTF8.self),
                    range: start..<at))
        }
        return tokens
    }

    private func peek(_ distance: Int = 0) -> UInt8 {
        at + distance < bytes.count ? bytes[at + distance] : 0
    }

    /// Skips one blank or one comment; a comment that is never closed ends with the text.
    private mutating func skipsBlank() -> Bool {
        switch peek() {
        case 0x20, 0x09, 0x0a, 0x0c, 0x0d:
            at += 1
            return true
        case 0xef where peek(1) == 0xbb && peek(2) == 0xbf:
            at += 3
            return true
        case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
            while at < bytes.count, bytes[at] != 0x0a { at += 1 }
            return true
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*") && at + 2 < bytes.count:
            at += 3
            while at < bytes.count,
                !(bytes[at - 1] == UInt8(ascii: "*") && bytes[at] == UInt8(ascii: "/"))
            { at += 1 }
            at = min(at + 1, bytes.count)
            return true
        default: return false
        }
    }

    private mutating func next() throws(Failure) -> Token.Kind {
        let byte = peek()
        switch byte {
        case UInt8(ascii: "'"):
            try skipQuoted(byte)
            return .string
        case UInt8(ascii: "\""):
            try skipQuoted(byte)
            return .quoted(.double)
        case UInt8(ascii: "`"):
            try skipQuoted(byte)
            return .quoted(.backtick)
        case UInt8(ascii: "["):
            guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "]")) else {
                throw Failure(what: "a name in brackets has no end", offset: at)
            }
            at = end + 1
            return .quoted(.bracket)
        case UInt8(ascii: "x") where peek(1) == UInt8(ascii: "'"),
            UInt8(ascii: "X") where peek(1) == UInt8(ascii: "'"):
            try skipBlob()
            return .blob
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: ".") where Self.isDigit(peek(1)): return try number()
        case UInt8(ascii: "?"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: ":"),
            UInt8(ascii: "#"):
            at += 1
            while Self.isNamePart(peek()) { at += 1 }
            return .variable
        default:
            if Self.isNamePart(byte) {
                while Self.isNamePart(peek()) { at += 1 }
                return .word
            }
            return try symbol()
        }
    }

    private mutating func skipQuoted(_ mark: UInt8) throws(Failure) {
        let start = at
        at += 1
        while at < bytes.count {
            if bytes[at] == mark {
                at += 1
                if peek() != mark || at >= bytes.count { return }
            }
            at += 1
        }
        throw Failure(what: "a quoted text has no end", offset: start)
    }

    private mutating func skipBlob() throws(Failure) {
        let start = at
        at += 2
        while Self.isHexDigit(peek()) { at += 1 }
        guard peek() == UInt8(ascii: "'"), (at - start) % 2 == 0 else {
            throw Failure(what: "a blob is malformed", offset: start)
        }
        at += 1
    }

    private mutating func number() throws(Failure) -> Token.Kind {
        let start = at
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x"),
            Self.isHexDigit(peek(2))
        {
            at += 2
            skipDigits(Self.isHexDigit)
        } else {
            skipDigits(Self.isDigit)
            if peek() == UInt8(ascii: ".") {
                at += 1
                skipDigits(Self.isDigit)
            }
            let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
            if peek() | 0x20 == UInt8(ascii: "e"), Self.isDigit(peek(1 + sign)) {
                at += 1 + sign
                skipDigits(Self.isDigit)
            }
        }
        guard !Self.isNamePart(peek()) else {
            throw Failure(what: "a number runs into a word", offset: start)
        }
        return .number
    }

    /// Underscores stand between digits since 3.46.
    private mutating func skipDigits(_ isDigit: (UInt8) -> Bool) {
        while isDigit(peek()) || peek() == UInt8(ascii: "_") && isDigit(peek(1)) { at += 1 }
    }

    private static let symbols = [
        "->>", "->", "||", "==", "<=", "<>", "<<", ">=", ">>", "!=", "-", "(", ")", ";", "+", "*",
        "/", "%", "=", "<", ">", "|", ",", "&", "~", ".",
    ].map { Array($0.utf8) }

    private mutating func symbol() throws(Failure) -> Token.Kind {
        for symbol in Self.symbols where bytes[at...].starts(with: symbol) {
            at += symbol.count
            return .symbol
        }
        throw Failure(what: "an unknown character", offset: at)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
    }
    /// `IdChar`: letters, digits, `_`, `$` and everything beyond ASCII.
    static func isNamePart(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == 0x5f
            || byte == 0x24 || byte >= 0x80
    }
}
