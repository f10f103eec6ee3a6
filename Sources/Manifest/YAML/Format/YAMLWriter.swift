/// Writes laid out documents in canonical form: two spaces of indentation, short collections in
/// braces where they were written so, everything else by lines.
struct YAMLWriter {
    /// Up to how many columns a collection stays on one line.
    static let width = 100

    private(set) var text = ""
    /// Whether the text ends in a block scalar that keeps every line end: then an empty line
    /// would become part of it.
    private var endsKeepingLines = false

    /// Writes documents, with an empty line and `---` between them.
    static func write(_ pages: [YAMLPage]) -> String {
        var writer = YAMLWriter()
        for (index, page) in pages.enumerated() {
            if index > 0 {
                writer.line("")
                writer.line("---")
            }
            writer.write(page)
        }
        return writer.text
    }

    private mutating func write(_ page: YAMLPage) {
        lines(page.head.trimmedLeading, indent: 0)
        switch page.root {
        case .scalar(let value, let isPlain):
            line(YAMLScalarText.inline(value, isPlain: isPlain, inFlow: false))
        case .null: line("null")
        case .mapping(let slots, _):
            if slots.isEmpty { line("{}") } else { block(slots, indent: 0) }
        case .sequence(let slots, _):
            if slots.isEmpty { line("[]") } else { block(slots, indent: 0) }
        }
        lines(page.tail.trimmedTrailing, indent: 0)
    }

    // MARK: Lines

    private mutating func line(_ content: String) {
        if content.isEmpty && (endsKeepingLines || text.isEmpty) { return }
        text += content
        text += "\n"
        endsKeepingLines = false
    }

    private mutating func lines(_ contents: [String], indent: Int) {
        for content in contents {
            line(content.isEmpty ? "" : String(repeating: " ", count: indent) + content)
        }
    }

    // MARK: Blocks

    /// Writes entries or items line by line.
    ///
    /// - Parameter opened: what already stands on the first line, up to the indentation: the
    ///   dashes of the lists that this block opens.
    private mutating func block(_ slots: [YAMLSlot], indent: Int, opened: String? = nil) {
        for (index, slot) in slots.enumerated() {
            let isFirst = index == 0
            if !(isFirst && opened != nil) {
                lines(isFirst ? slot.leading.trimmedLeading : slot.leading, indent: indent)
            }
            let prefix =
                isFirst
                ? opened ?? String(repeating: " ", count: indent)
                : String(repeating: " ", count: indent)
            if let key = slot.key {
                let name = YAMLScalarText.inline(key, isPlain: slot.keyIsPlain, inFlow: false)
                entry(slot, prefix: prefix + name + ":", indent: indent)
            } else {
                item(
                    slot, prefix: prefix + "-", indent: indent,
                    isOpened: isFirst && opened != nil)
            }
        }
    }

    private mutating func entry(_ slot: YAMLSlot, prefix: String, indent: Int) {
        guard let slots = inline(slot, prefix: prefix, indent: indent) else { return }
        line(prefix + comment(slot.trailing))
        block(slots, indent: indent + 2)
    }

    private mutating func item(
        _ slot: YAMLSlot, prefix: String, indent: Int, isOpened: Bool
    ) {
        guard let slots = inline(slot, prefix: prefix, indent: indent) else { return }
        // What would stand between the dash and the first part stands before the dash.
        if !isOpened { lines(hoisted(slot, prefix: prefix), indent: indent) }
        block(slots, indent: indent + 2, opened: prefix + " ")
    }

    /// The comments of an item and of all that begin on its line.
    private func hoisted(_ slot: YAMLSlot, prefix: String) -> [String] {
        switch slot.value {
        case .scalar, .null: return []
        case .mapping(let slots, let isFlow), .sequence(let slots, let isFlow):
            guard let first = slots.first, !isFlow || flow(slot.value, after: prefix) == nil
            else { return [] }
            let inner = first.key == nil ? hoisted(first, prefix: prefix + " -") : []
            let own = slot.trailing.map { [$0] } ?? []
            return own + first.leading.filter { !$0.isEmpty } + inner
        }
    }

    /// Writes a value that needs no lines of its own; gives the parts of one that does.
    private mutating func inline(
        _ slot: YAMLSlot, prefix: String, indent: Int
    ) -> [YAMLSlot]? {
        let trailing = comment(slot.trailing)
        switch slot.value {
        case .null: line(prefix + " null" + trailing)
        case .scalar(let value, let isPlain):
            if let block = YAMLScalarText.block(value) {
                line(prefix + " " + block.header + trailing)
                let margin = String(repeating: " ", count: indent + 2)
                for content in block.lines {
                    text += content.isEmpty ? "\n" : margin + content + "\n"
                }
                endsKeepingLines = block.header.hasSuffix("+")
            } else {
                let content = YAMLScalarText.inline(value, isPlain: isPlain, inFlow: false)
                line(prefix + " " + content + trailing)
            }
        case .mapping(let slots, let isFlow), .sequence(let slots, let isFlow):
            if isFlow || slots.isEmpty,
                let content = flow(slot.value, after: prefix)
            {
                line(prefix + " " + content + trailing)
            } else {
                return slots
            }
        }
        return nil
    }

    private func comment(_ trailing: String?) -> String { trailing.map { " " + $0 } ?? "" }

    // MARK: Flow

    /// A value in braces or brackets, where it has room and nothing in it has lines.
    private func flow(_ value: YAMLLaidOut, after prefix: String) -> String? {
        guard let text = flowText(value),
            prefix.unicodeScalars.count + 1 + text.unicodeScalars.count <= Self.width
        else { return nil }
        return text
    }

    private func flowText(_ value: YAMLLaidOut) -> String? {
        switch value {
        case .null: return "null"
        case .scalar(let text, let isPlain):
            guard !text.utf8.contains(0x0a) else { return nil }
            return YAMLScalarText.inline(text, isPlain: isPlain, inFlow: true)
        case .sequence(let slots, _):
            let items = slots.compactMap { flowText($0.value) }
            guard items.count == slots.count else { return nil }
            return "[" + items.joined(separator: ", ") + "]"
        case .mapping(let slots, _):
            let entries = slots.compactMap { slot in
                flowText(slot.value).map { value in
                    YAMLScalarText.inline(
                        slot.key ?? "", isPlain: slot.keyIsPlain, inFlow: true) + ": " + value
                }
            }
            guard entries.count == slots.count else { return nil }
            return entries.isEmpty ? "{}" : "{ " + entries.joined(separator: ", ") + " }"
        }
    }
}

extension [String] {
    /// Without empty lines at the front.
    fileprivate var trimmedLeading: [String] { Array(drop { $0.isEmpty }) }

    /// Without empty lines at the end.
    fileprivate var trimmedTrailing: [String] {
        Array(reversed().drop { $0.isEmpty }.reversed())
    }
}
