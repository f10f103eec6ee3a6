// Owns the text form of arrays (manual, section 8.15.6). Invariant: text that the server would not
// write gives nil, never a guess.

/// An array, read from its text form.
public indirect enum PostgreSQLArray: Hashable, Sendable {
    /// An element that is NULL.
    case null
    /// An element.
    case element(String)
    /// An array or one of its inner dimensions.
    case array([PostgreSQLArray])

    /// The server's own limit of dimensions.
    static let deepest = 6

    /// Reads `{a,"b c",NULL}`, nested too, with or without bounds (`[0:1]={a,b}`).
    public init?(_ text: String) {
        var reader = Reader(bytes: Array(text.utf8))
        guard reader.skipBounds(), let array = reader.array(depth: 1), reader.isAtEnd else {
            return nil
        }
        self = array
    }

    /// The elements, if there is one dimension.
    public var texts: [String?]? {
        guard case .array(let elements) = self else { return nil }
        var texts: [String?] = []
        texts.reserveCapacity(elements.count)
        for element in elements {
            switch element {
            case .null: texts.append(nil)
            case .element(let text): texts.append(text)
            case .array: return nil
            }
        }
        return texts
    }

    /// The elements, if there are two dimensions or none.
    public var nestedTexts: [[String?]]? {
        guard case .array(let rows) = self else { return nil }
        var nested: [[String?]] = []
        nested.reserveCapacity(rows.count)
        for row in rows {
            guard let texts = row.texts else { return nil }
            nested.append(texts)
        }
        return nested
    }

    /// The text form of an array with one dimension, to be given as a parameter.
    public static func text(of elements: [String?]) -> String {
        let quoted = elements.map { element in
            guard let element else { return "NULL" }
            var text = "\""
            for character in element.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            return text + "\""
        }
        return "{" + quoted.joined(separator: ",") + "}"
    }
}

extension PostgreSQLArray {
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }
        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            position += 1
            return true
        }

        /// `[1:2][0:3]=`, whose numbers nobody needs.
        mutating func skipBounds() -> Bool {
            guard next == UInt8(ascii: "[") else { return true }
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "="): return true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                    UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                    continue
                default: return false
                }
            }
            return false
        }

        mutating func array(depth: Int) -> PostgreSQLArray? {
            guard depth <= PostgreSQLArray.deepest, take(UInt8(ascii: "{")) else { return nil }
            var elements: [PostgreSQLArray] = []
            if take(UInt8(ascii: "}")) { return .array(elements) }
            while true {
                let element: PostgreSQLArray?
                switch next {
                case UInt8(ascii: "{"): element = array(depth: depth + 1)
                case UInt8(ascii: "\""): element = quoted()
                default: element = plain()
                }
                guard let element else { return nil }
                elements.append(element)
                if take(UInt8(ascii: "}")) { return .array(elements) }
                guard take(UInt8(ascii: ",")) else { return nil }
            }
        }

        mutating func quoted() -> PostgreSQLArray? {
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    return .element(String(decoding: text, as: UTF8.self))
                case UInt8(ascii: "\\"):
                    guard let escaped = next else { return nil }
                    position += 1
                    text.append(escaped)
                default: text.append(byte)
                }
            }
            return nil
        }

        mutating func plain() -> PostgreSQLArray? {
            let start = position
            loop: while let byte = next {
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: "}"): break loop
                // The server quotes elements with any of these.
                case UInt8(ascii: "{"), UInt8(ascii: "\""), UInt8(ascii: "\\"): return nil
                default: position += 1
                }
            }
            guard position > start else { return nil }
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            return text == "NULL" ? .null : .element(text)
        }
    }
}
