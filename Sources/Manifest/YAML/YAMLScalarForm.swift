/// What a plain scalar could be taken for by readers that give YAML scalars types.
enum YAMLScalarForm {
    /// Null, a truth value or a number in YAML 1.1 or 1.2.
    static func isTyped(_ text: String) -> Bool {
        YAMLNode.isNullText(text) || isTruth(text) || isNumber(text)
    }

    /// What readers of YAML 1.1 or 1.2 take for a truth value; none of them reads `y` so.
    static func isTruth(_ text: String) -> Bool {
        text.utf8.count <= 5 && truths.contains(text.lowercased())
    }

    private static let truths: Set<String> = ["true", "false", "yes", "no", "on", "off"]

    /// What any YAML version reads as a number, a date or a sexagesimal; errs on the safe side.
    static func isNumber(_ text: String) -> Bool {
        let utf8 = text.utf8
        guard let first = utf8.first else { return false }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let lead = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let body = lead ? utf8.dropFirst() : utf8[...]
        guard let head = body.first else { return false }
        if head == UInt8(ascii: ".") {
            let special = text.lowercased()
            if special.hasSuffix(".inf") || special.hasSuffix(".nan") { return true }
            guard let second = body.dropFirst().first, digits.contains(second) else {
                return false
            }
        } else if !digits.contains(head) {
            return false
        }
        return body.allSatisfy { byte in
            digits.contains(byte) || Self.numberBytes.contains(byte)
        }
    }

    private static let numberBytes = Set("abcdefABCDEFxoXO.+-_:TZ ".utf8)

    /// A whole number in decimal form, as every reader understands it.
    static func integer(_ text: String) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        guard digits.utf8.count == 1 || first != 0x30 else { return nil }
        return Int(text)
    }

    /// Whether it is a whole number in decimal form, of any size.
    static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }
}
