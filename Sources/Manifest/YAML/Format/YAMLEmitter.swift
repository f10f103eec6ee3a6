/// Writes values as YAML in the same canonical form that `fmt` gives.
public enum YAMLEmitter {
    /// Documents, with `---` between them.
    public static func text(of documents: [YAMLValue]) -> String {
        YAMLWriter.write(
            documents.map { document in
                let slot = slot(key: nil, document)
                return YAMLPage(head: slot.leading, root: slot.value)
            })
    }

    private static func slot(key: String?, _ value: YAMLValue) -> YAMLSlot {
        switch value {
        case .text(let text): return YAMLSlot(key: key, value: .scalar(text, isPlain: false))
        case .plain(let text):
            let isNull = YAMLNode.isNullText(text)
            return YAMLSlot(key: key, value: .scalar(text, isPlain: !isNull))
        case .boolean(let value):
            return YAMLSlot(key: key, value: .scalar(value ? "true" : "false", isPlain: true))
        case .integer(let number):
            return YAMLSlot(key: key, value: .scalar(String(number), isPlain: true))
        case .null: return YAMLSlot(key: key, value: .null)
        case .mapping(let entries):
            return YAMLSlot(key: key, value: .mapping(slots(entries), isFlow: false))
        case .flowMapping(let entries):
            return YAMLSlot(key: key, value: .mapping(slots(entries), isFlow: true))
        case .sequence(let items):
            let slots = items.map { slot(key: nil, $0) }
            return YAMLSlot(key: key, value: .sequence(slots, isFlow: false))
        case .flowSequence(let items):
            let slots = items.map { slot(key: nil, $0) }
            return YAMLSlot(key: key, value: .sequence(slots, isFlow: true))
        case .commented(let lines, let value):
            var inner = slot(key: key, value)
            inner.leading = lines.map(comment) + inner.leading
            return inner
        }
    }

    private static func slots(_ entries: [(String, YAMLValue)]) -> [YAMLSlot] {
        entries.map { slot(key: $0, $1) }
    }

    /// One line, whatever the text holds.
    private static func comment(_ line: String) -> String {
        let safe = line.unicodeScalars.map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: Character(scalar)
            }
        }
        return safe.isEmpty ? "#" : "# " + String(safe)
    }
}
