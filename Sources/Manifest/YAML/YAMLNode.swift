public import SchemaCore

/// A value in a YAML document with the place it was written at.
///
/// Scalars are text: the field that a manifest kind declares decides what the text means.
/// Aliases stand expanded, with the places of the anchored text.
public struct YAMLNode: Sendable {
    /// What a node holds.
    public enum Content: Sendable {
        case scalar(String)
        case mapping([YAMLEntry])
        case sequence([YAMLNode])
    }

    /// What it holds.
    public let content: Content
    /// How it was written.
    public let style: YAMLStyle
    /// The core tag that was written before it, if any.
    public let tag: YAMLTag?
    /// Where it was written. Collections reach to the end of their last part.
    public let span: SourceSpan

    /// Makes a node.
    public init(
        _ content: Content, style: YAMLStyle, tag: YAMLTag? = nil, span: SourceSpan
    ) {
        self.content = content
        self.style = style
        self.tag = tag
        self.span = span
    }

    /// The text of a scalar.
    public var text: String? {
        if case .scalar(let text) = content { text } else { nil }
    }

    /// Whether this is a plain `null`, `~` or nothing at all.
    public var isNull: Bool {
        guard case .scalar(let text) = content, style == .plain else { return false }
        return tag != .string && YAMLNode.isNullText(text)
    }

    static func isNullText(_ text: String) -> Bool {
        text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// The entries of a mapping; empty for everything else.
    public var entries: [YAMLEntry] {
        if case .mapping(let entries) = content { entries } else { [] }
    }

    /// The items of a sequence; empty for everything else.
    public var items: [YAMLNode] {
        if case .sequence(let items) = content { items } else { [] }
    }

    /// The value at a key of a mapping.
    public subscript(key: String) -> YAMLNode? {
        entries.first { $0.key.text == key }?.value
    }

    /// The same node with other content.
    public func replacing(content: Content) -> YAMLNode {
        YAMLNode(content, style: style, tag: tag, span: span)
    }

    /// Whether both hold the same, wherever and however it is written; a null is no text `null`.
    public func isStructurallyEqual(to other: YAMLNode) -> Bool {
        switch (content, other.content) {
        case (.scalar(let lhs), .scalar(let rhs)):
            return isNull == other.isNull && (isNull || lhs.utf8.elementsEqual(rhs.utf8))
                && isTypedPlain == other.isTypedPlain
        case (.sequence(let lhs), .sequence(let rhs)):
            return lhs.count == rhs.count
                && zip(lhs, rhs).allSatisfy { $0.isStructurallyEqual(to: $1) }
        case (.mapping(let lhs), .mapping(let rhs)):
            guard lhs.count == rhs.count else { return false }
            // The order of keys is kept for people, but formatting may change it.
            let byKey = Dictionary(
                rhs.map { ($0.key.text ?? "", $0.value) }, uniquingKeysWith: { first, _ in first })
            return lhs.allSatisfy { entry in
                byKey[entry.key.text ?? ""]?.isStructurallyEqual(to: entry.value) ?? false
            }
        case (.scalar, _), (.sequence, _), (.mapping, _):
            return false
        }
    }

    /// Whether it is a plain text that YAML types would make null, a number or a truth value.
    var isTypedPlain: Bool {
        guard case .scalar(let text) = content else { return false }
        return style == .plain && tag != .string && YAMLScalarForm.isTyped(text)
    }

    /// For messages: `a mapping`, `the text "abc"`.
    public var shown: String {
        switch content {
        case .mapping: return "a mapping"
        case .sequence: return "a list"
        case .scalar(let text):
            if isNull { return text.isEmpty ? "nothing" : "null" }
            return "\"\(YAMLNode.shortened(text))\""
        }
    }

    static func shortened(_ text: String) -> String {
        var out = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            if count > 60 { return out + "…" }
            switch scalar {
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\"": out += "\\\""
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    out += "\\u{\(String(scalar.value, radix: 16))}"
                default: out.unicodeScalars.append(scalar)
                }
            }
        }
        return out
    }
}
