// Owns where comments and empty lines go when a document is written anew: a comment on a line of
// its own stays before what follows it, one behind a value stays behind that value.

import SchemaCore

/// Lays out one document of a file for writing.
struct YAMLLayout {
    /// An entry or item in source order, outer ones first.
    private struct Place {
        var start: SourceSpan.Position
        var keyEnd: SourceSpan.Position?
        var valueStart: SourceSpan.Position
        var end: SourceSpan.Position
        /// Whether its parts stand on lines of their own.
        var isBlock: Bool
        /// The end of the innermost braces around it.
        var flowEnd: SourceSpan.Position?
    }

    private let comments: [YAMLComments.Comment]
    private let blankLines: Set<Int>
    private let root: YAMLNode
    private let fieldLayout: FieldLayout
    private var places: [Place] = []
    private var leading: [[YAMLComments.Comment]] = []
    private var trailing: [String?] = []
    private var head: [YAMLComments.Comment] = []
    private var tail: [YAMLComments.Comment] = []
    private var cursor = 0

    /// - Parameter comments: those of this document.
    init(
        _ root: YAMLNode, comments: [YAMLComments.Comment], blankLines: Set<Int>,
        layout: FieldLayout
    ) {
        self.root = root
        self.comments = comments
        self.blankLines = blankLines
        fieldLayout = layout
        enumerate(root, flowEnd: nil)
        leading = Array(repeating: [], count: places.count)
        trailing = Array(repeating: nil, count: places.count)
        for comment in comments { assign(comment) }
    }

    mutating func page() -> YAMLPage {
        cursor = 0
        let first = places.first?.start.line ?? root.span.start.line
        return YAMLPage(
            head: lines(head, before: first, mayBegin: false), root: laidOut(root, fieldLayout),
            tail: lines(tail, before: nil, mayBegin: true))
    }

    // MARK: Places

    private mutating func enumerate(_ node: YAMLNode, flowEnd: SourceSpan.Position?) {
        let inner = node.style == .flow ? node.span.end : flowEnd
        switch node.content {
        case .scalar: break
        case .mapping(let entries):
            for entry in entries {
                add(entry.key, entry.value, flowEnd: inner)
                enumerate(entry.value, flowEnd: inner)
            }
        case .sequence(let items):
            for item in items {
                add(nil, item, flowEnd: inner)
                enumerate(item, flowEnd: inner)
            }
        }
    }

    private mutating func add(
        _ key: YAMLNode?, _ value: YAMLNode, flowEnd: SourceSpan.Position?
    ) {
        places.append(
            Place(
                start: key?.span.start ?? value.span.start, keyEnd: key?.span.end,
                valueStart: value.span.start, end: value.span.end, isBlock: value.style == .block,
                flowEnd: flowEnd))
    }

    // MARK: Comments

    private mutating func assign(_ comment: YAMLComments.Comment) {
        let position = comment.position
        if !comment.isOwnLine, let owner = trailingOwner(position), trailing[owner] == nil {
            trailing[owner] = comment.text
            return
        }
        if let last = places.lastIndex(where: { $0.start <= position }) {
            // Between a key and its value there is no line to stand on.
            if let owner = places[...last].lastIndex(where: { place in
                guard let keyEnd = place.keyEnd, !place.isBlock else { return false }
                return keyEnd <= position && position < place.valueStart
            }) {
                leading[owner].append(comment)
            } else if last + 1 < places.count {
                leading[last + 1].append(comment)
            } else {
                tail.append(comment)
            }
        } else if places.isEmpty && root.span.start < position {
            tail.append(comment)
        } else {
            head.append(comment)
        }
    }

    private func trailingOwner(_ position: SourceSpan.Position) -> Int? {
        places.lastIndex { place in
            guard place.start <= position else { return false }
            if let flowEnd = place.flowEnd, flowEnd <= position { return false }
            return place.start.line == position.line
                || place.end.line == position.line && place.end <= position
        }
    }

    /// Comments with the empty lines that stand before each and before what follows.
    private func lines(
        _ comments: [YAMLComments.Comment], before next: Int?, mayBegin: Bool
    ) -> [String] {
        var out: [String] = []
        for comment in comments {
            let isFirst = out.isEmpty && !mayBegin
            if comment.isOwnLine && !isFirst && blankLines.contains(comment.position.line - 1) {
                out.append("")
            }
            out.append(comment.text)
        }
        if let next, blankLines.contains(next - 1) { out.append("") }
        return out
    }

    // MARK: Values

    private mutating func laidOut(_ node: YAMLNode, _ layout: FieldLayout) -> YAMLLaidOut {
        switch node.content {
        case .scalar(let text):
            return node.isNull ? .null : .scalar(text, isPlain: node.isTypedPlain)
        case .sequence(let items):
            var slots: [YAMLSlot] = []
            for item in items {
                var slot = nextSlot()
                slot.value = laidOut(item, layout.items)
                slots.append(slot)
            }
            return .sequence(slots, isFlow: staysFlow(node))
        case .mapping(let entries):
            var slots: [YAMLSlot] = []
            for entry in entries {
                var slot = nextSlot()
                let key = entry.key.text ?? ""
                slot.key = key
                slot.keyIsPlain = entry.key.isTypedPlain && !entry.key.isNull
                slot.value = laidOut(entry.value, layout.value(at: key))
                slots.append(slot)
            }
            return .mapping(Self.ordered(slots, layout), isFlow: staysFlow(node))
        }
    }

    /// The comments of the next place; the walk is in the order in which places were added.
    private mutating func nextSlot() -> YAMLSlot {
        let index = cursor
        cursor += 1
        let line = places[index].start.line
        let beginsLine = index > 0 && places[index - 1].start.line < line
        let comments = leading[index]
        let isSeparate = beginsLine || !comments.isEmpty
        let before = isSeparate ? lines(comments, before: line, mayBegin: true) : []
        return YAMLSlot(
            leading: before, trailing: trailing[index], value: .null)
    }

    /// Braces stay unless a comment in them needs a line.
    private func staysFlow(_ node: YAMLNode) -> Bool {
        guard node.style == .flow else { return false }
        return !comments.contains { comment in
            node.span.start < comment.position && comment.position < node.span.end
        }
    }

    private static func ordered(_ slots: [YAMLSlot], _ layout: FieldLayout) -> [YAMLSlot] {
        let names = layout.members.map(\.name)
        guard !names.isEmpty else { return slots }
        let ranks = Dictionary(
            names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        func rank(_ slot: YAMLSlot) -> Int { slot.key.flatMap { ranks[$0] } ?? names.count }
        return slots.enumerated()
            .sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }
}
