public import Manifest
public import SchemaCore

/// A value of a row as a manifest gives it. Texts are the same only if their bytes are.
public enum RowValue: Codable, Sendable {
    /// None.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int64)
    /// The shortest text that reads as the same number, so that equal numbers are equal.
    case real(String)
    /// A text.
    case text(String)
    /// Bytes in hexadecimal digits of upper case.
    case blob(String)
}

extension RowValue: Hashable {
    /// Compares the sort and the bytes.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        switch (lhs, rhs) {
        case (.null, .null): true
        case (.boolean(let one), .boolean(let other)): one == other
        case (.integer(let one), .integer(let other)): one == other
        case (.real(let one), .real(let other)), (.text(let one), .text(let other)),
            (.blob(let one), .blob(let other)):
            ByteText(one) == ByteText(other)
        case (.null, _), (.boolean, _), (.integer, _), (.real, _), (.text, _), (.blob, _): false
        }
    }

    /// Hashes the value; two spellings of one text have one hash.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .boolean(let flag): hasher.combine(flag)
        case .integer(let number): hasher.combine(number)
        case .real(let text), .text(let text), .blob(let text): hasher.combine(text)
        }
    }
}

extension Decoding where Value == RowValue {
    /// A value of a row: null, a number, true or false, a text, or `{ blob: 00FF }`.
    public static var rowValue: Decoding {
        let scalar: JSONValue = ["string", "number", "boolean", "null"]
        let blob = Decoding.object("blob") { fields in
            let digits = fields.required("blob", .string, "Its bytes in hexadecimal digits.")
            return { values in
                let text = values[digits].uppercased()
                let isWhole =
                    text.utf8.count % 2 == 0
                    && text.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x41...0x46).contains($0)
                    }
                guard isWhole else {
                    values.report(
                        .error(
                            "invalid-blob", "a blob is not written in pairs of hexadecimal digits",
                            at: values.keySpan(digits), help: "write it as in 00FF"))
                    return nil
                }
                return .blob(text)
            }
        }
        return Decoding(
            schema: JSONSchema(
                ["anyOf": [["type": scalar], blob.schema.value]], including: [blob.schema]),
            layout: blob.layout
        ) { node, context in
            guard let text = node.text else { return blob.decode(node, &context) }
            if node.isNull { return .null }
            guard node.style == .plain, node.tag != .string else { return .text(text) }
            return plain(text, node, &context)
        }.named("RowValue")
    }

    /// What is not written as one writes a number could be meant as a text.
    private static func plain(
        _ text: String, _ node: YAMLNode, _ context: inout DecodingContext
    ) -> RowValue? {
        if text == "true" || text == "false" { return .boolean(text == "true") }
        let digits = text.drop { "+-.".contains($0) }
        guard let first = digits.utf8.first, (0x30...0x39).contains(first),
            let number = Double(text)
        else { return .text(text) }
        if let whole = Int64(text), String(whole) == text { return .integer(whole) }
        let shortest = "\(number)"
        if let written = DecimalText(text), written.hasPoint, written == DecimalText(shortest) {
            return .real(shortest)
        }
        let isWhole = !text.contains(".") && !text.contains("e") && !text.contains("E")
        let whole = isWhole ? Int64(exactly: number).map(String.init) : nil
        context.report(
            .error(
                "ambiguous-number", "\(text) could be a number or a text", at: node.span,
                help: "write '\(text)' for the text, or the number as \(whole ?? shortest)"))
        return nil
    }
}
