public import SchemaCore

// What a YAML scalar may be taken for by an editor that checks the schema: text fields accept
// `5` and `true`, because scalars are text until the field decides.
private let scalarTypes: JSONValue = ["string", "number", "boolean"]

extension Decoding where Value == String {
    /// Any text on one or more lines, as it is.
    public static var string: Decoding {
        Decoding(schema: JSONSchema(["type": scalarTypes])) { node, context in
            guard let text = node.text, !node.isNull else {
                context.wrongType(node, expected: "a text")
                return nil
            }
            guard !text.utf8.contains(0) else {
                context.report(
                    .error(
                        "invalid-character", "the text holds the character U+0000",
                        at: node.span, help: "remove \\0 from the text"))
                return nil
            }
            return text
        }
    }

    /// A name of an object: not empty, on one line.
    public static var plainName: Decoding {
        string.check { text, node, context in checkName(text, at: node.span, &context) }
    }

    /// Checks what is used as a name; warns of names that the engine would cut off.
    static func checkName(
        _ text: String, at span: SourceSpan, _ context: inout DecodingContext
    ) -> String? {
        if text.isEmpty {
            context.report(
                .error("empty-name", "the name is empty", at: span, help: "write a name"))
            return nil
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            context.report(
                .error(
                    "invalid-name", "the name holds a line break or a control character",
                    at: span, help: "write the name on one line"))
            return nil
        }
        if let limit = context.nameBytes, text.utf8.count > limit {
            context.report(
                .warning(
                    "long-name",
                    "the name \"\(YAMLNode.shortened(text))\" has \(text.utf8.count) bytes; "
                        + "the database cuts names off after \(limit)",
                    at: span, help: "shorten it to at most \(limit) bytes"))
        }
        return text
    }
}

extension Decoding where Value == Spanned<String> {
    /// Any text, with its place.
    public static var text: Decoding { Decoding<String>.string.spanned }

    /// A name of an object, with its place.
    public static var name: Decoding { Decoding<String>.plainName.spanned }
}

extension Decoding where Value == VerbatimSQL {
    /// SQL of the engine, carried verbatim but for line ends behind it, which a block scalar
    /// always has.
    public static var sql: Decoding {
        sql(keepingLineEnds: false)
    }

    /// SQL of the engine, carried verbatim to the last character: bodies of functions.
    public static var body: Decoding {
        sql(keepingLineEnds: true)
    }

    private static func sql(keepingLineEnds: Bool) -> Decoding {
        Decoding<String>.string.check { text, node, context in
            guard text.utf8.contains(where: { $0 != 0x20 && $0 != 0x0a && $0 != 0x09 }) else {
                context.report(
                    .error(
                        "empty-sql", "the SQL text is empty", at: node.span,
                        help: "write it, or remove the field"))
                return nil
            }
            guard !keepingLineEnds else { return VerbatimSQL(text, at: node.span) }
            let scalars = text.unicodeScalars
            let end = scalars.lastIndex { $0 != "\n" }.map { scalars.index(after: $0) }
            return VerbatimSQL(String(scalars[..<(end ?? scalars.endIndex)]), at: node.span)
        }
    }
}

extension Decoding where Value == Bool {
    /// `true` or `false`, and no other word for them.
    public static var boolean: Decoding {
        Decoding(schema: JSONSchema(["type": "boolean"])) { node, context in
            guard let text = node.text, node.style == .plain, node.tag != .string else {
                let isQuoted = node.text == "true" || node.text == "false"
                context.wrongType(
                    node, expected: "true or false",
                    help: isQuoted ? "remove the quotes" : nil)
                return nil
            }
            switch text {
            case "true": return true
            case "false": return false
            default:
                let truths = ["yes", "on", "y", "true"]
                let falsities = ["no", "off", "n", "false"]
                let word = text.lowercased()
                let help =
                    truths.contains(word)
                    ? "write true" : falsities.contains(word) ? "write false" : nil
                context.wrongType(node, expected: "true or false", help: help)
                return nil
            }
        }
    }
}

extension Decoding where Value == Int {
    /// A whole number of 64 bits.
    public static var integer: Decoding { integer(in: .min ... .max) }

    /// A whole number in a range.
    public static func integer(in range: ClosedRange<Int>) -> Decoding {
        var keywords: [String: JSONValue] = ["type": "integer"]
        if range.lowerBound != .min { keywords["minimum"] = .integer(range.lowerBound) }
        if range.upperBound != .max { keywords["maximum"] = .integer(range.upperBound) }
        return Decoding(schema: JSONSchema(keywords)) { node, context in
            guard let text = node.text, node.style == .plain, node.tag != .string,
                YAMLScalarForm.isInteger(text)
            else {
                let isQuoted = node.text.map { YAMLScalarForm.isInteger($0) } ?? false
                context.wrongType(
                    node, expected: "a whole number",
                    help: isQuoted ? "remove the quotes" : "write digits only")
                return nil
            }
            guard let number = YAMLScalarForm.integer(text), range.contains(number) else {
                context.report(
                    .error(
                        "out-of-range", "\(YAMLNode.shortened(text)) is out of range",
                        at: node.span,
                        help: "write a number from \(range.lowerBound) to \(range.upperBound), "
                            + "without leading zeros"))
                return nil
            }
            return number
        }
    }
}

extension Decoding
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words of an enumeration.
    public static func enumeration(_ type: Value.Type = Value.self) -> Decoding {
        let words = Value.allCases.map(\.rawValue)
        let schema = JSONSchema(["enum": .array(words.map { .string($0) })])
        return Decoding(schema: schema) { node, context in
            let shown = words.map { "\"\($0)\"" }.joined(separator: ", ")
            guard let text = node.text, !node.isNull else {
                context.wrongType(node, expected: "one of \(shown)")
                return nil
            }
            if let value = Value(rawValue: text) { return value }
            context.report(
                .error(
                    "unknown-word", "\"\(YAMLNode.shortened(text))\" is none of \(shown)",
                    at: node.span,
                    help: DidYouMean.hint(text, in: words) ?? "write one of \(shown)"))
            return nil
        }
    }
}
