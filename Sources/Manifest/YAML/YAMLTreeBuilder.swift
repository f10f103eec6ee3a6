// Owns making trees from events, with a stack of its own: depth, aliases and documents are
// counted before anything is built, so hostile nesting costs an error and nothing else.

import SchemaCore

struct YAMLTreeBuilder {
    private(set) var documents: [YAMLDocument] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// No further document is read.
    private(set) var isExhausted = false
    /// The line, from 0, at which the document that is being read began.
    private(set) var documentLine = 0

    private let file: String
    private let limits: ManifestLimits
    private var stack: [Frame] = []
    private var root: Built?
    private var anchors: [String: Built] = [:]
    private var hasAnchors = false
    private var aliasNodes = 0
    private var index = -1
    private var isBroken = false

    /// A finished node with what aliases to it would cost.
    private struct Built {
        var node: YAMLNode
        var count = 1
        var height = 0
    }

    /// A collection that is still open.
    private struct Frame {
        var isMapping: Bool
        var style: YAMLStyle
        var tag: YAMLTag?
        var anchor: String?
        var start: SourceSpan.Position
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        /// The places of the keys, once there are too many to look at each.
        var places: [String: Int] = [:]
        var pendingKey: YAMLNode?
        var count = 1
        var height = 0

        private static let few = 12

        func place(of key: String) -> Int? {
            entries.count > Self.few
                ? places[key] : entries.firstIndex { $0.key.text == key }
        }

        mutating func append(_ entry: YAMLEntry, text: String) {
            entries.append(entry)
            if entries.count == Self.few + 1 {
                for (place, entry) in entries.enumerated() { places[entry.key.text ?? ""] = place }
            } else if entries.count > Self.few {
                places[text] = entries.count - 1
            }
        }
    }

    init(file: String, limits: ManifestLimits) {
        self.file = file
        self.limits = limits
    }

    /// Starts reading at a line (from 0) after a problem.
    mutating func beginPiece(line: Int) {
        documentLine = line
        stack = []
        root = nil
    }

    /// Takes an event; false where the rest of the document must be skipped.
    mutating func take(_ event: YAMLEvent) -> Bool {
        switch event.kind {
        case .documentStart(let isExplicit): return beginDocument(event, isExplicit: isExplicit)
        case .documentEnd: endDocument()
        case .scalar(let text, let style):
            let tag = checkedTag(event, isScalar: true, isMapping: false)
            finish(
                Built(
                    node: YAMLNode(
                        .scalar(text), style: style, tag: tag, span: span(event))),
                anchor: event.anchor)
        case .sequenceStart(let style): return open(event, style: style, isMapping: false)
        case .mappingStart(let style): return open(event, style: style, isMapping: true)
        case .collectionEnd: close(event)
        case .alias(let name): return expand(name, event)
        case .streamEnd, .other: break
        }
        return true
    }

    // MARK: Documents

    private mutating func beginDocument(_ event: YAMLEvent, isExplicit: Bool) -> Bool {
        index += 1
        documentLine = event.start.line - 1
        root = nil
        anchors = [:]
        hasAnchors = false
        aliasNodes = 0
        isBroken = false
        guard index < limits.documentsPerFile else {
            isExhausted = true
            problem(
                "too-many-documents",
                "the file holds more than \(limits.documentsPerFile) documents", span(event),
                "split it into several files")
            return false
        }
        return true
    }

    private mutating func endDocument() {
        defer { root = nil }
        guard let root, !isBroken else { return }
        // A document of comments only, or nothing between two `---`.
        if root.node.isNull && root.node.text == "" && root.node.tag == nil { return }
        documents.append(
            YAMLDocument(
                root: root.node, index: index, hasAnchors: hasAnchors,
                startLine: documentLine + 1))
    }

    // MARK: Collections

    private mutating func open(
        _ event: YAMLEvent, style: YAMLStyle, isMapping: Bool
    ) -> Bool {
        guard stack.count < limits.depth else {
            problem(
                "too-deep", "the document is nested deeper than \(limits.depth) levels",
                span(event), "flatten it")
            return false
        }
        let tag = checkedTag(event, isScalar: false, isMapping: isMapping)
        stack.append(
            Frame(
                isMapping: isMapping, style: style, tag: tag, anchor: event.anchor,
                start: event.start))
        return true
    }

    private mutating func close(_ event: YAMLEvent) {
        guard let frame = stack.popLast() else { return }
        var end = event.end
        if frame.style == .block {
            // libyaml ends a block collection where the next thing begins.
            end =
                (frame.isMapping ? frame.entries.last?.value : frame.items.last)?.span.end
                ?? frame.start
        }
        let content: YAMLNode.Content =
            frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
        let node = YAMLNode(
            content, style: frame.style, tag: frame.tag,
            span: SourceSpan(file: file, start: frame.start, end: end))
        finish(
            Built(node: node, count: frame.count, height: frame.height + 1), anchor: frame.anchor)
    }

    /// Puts a finished node where it belongs.
    private mutating func finish(_ built: Built, anchor: String?) {
        if let anchor {
            anchors[anchor] = built
            hasAnchors = true
        }
        guard !stack.isEmpty else {
            root = built
            return
        }
        let top = stack.count - 1
        stack[top].count += built.count
        stack[top].height = max(stack[top].height, built.height)
        guard stack[top].isMapping else {
            stack[top].items.append(built.node)
            return
        }
        guard let key = stack[top].pendingKey else {
            stack[top].pendingKey = built.node
            return
        }
        stack[top].pendingKey = nil
        addEntry(key, built.node, to: top)
    }

    private mutating func addEntry(_ key: YAMLNode, _ value: YAMLNode, to top: Int) {
        guard let text = key.text else {
            problem(
                "complex-key", "a key must be a text, not \(key.shown)", key.span,
                "write a name before the colon")
            return
        }
        if text == "<<" && key.style == .plain {
            problem(
                "merge-key", "merge keys (<<) are not read", key.span,
                "write the fields out, or use an overlay for what differs by environment")
            return
        }
        if text.isEmpty {
            problem("empty-key", "a key is empty", key.span, "write a name before the colon")
            return
        }
        if let first = stack[top].place(of: text).map({ stack[top].entries[$0].key.span }) {
            diagnostics.append(
                .error(
                    "repeated-key", "the key \"\(YAMLNode.shortened(text))\" is repeated",
                    at: key.span, help: "keep one of the two",
                    notes: [.init("it was first written here", at: first)]))
            return
        }
        stack[top].append(YAMLEntry(key: key, value: value), text: text)
    }

    // MARK: Aliases and tags

    private mutating func expand(_ name: String, _ event: YAMLEvent) -> Bool {
        hasAnchors = true
        if stack.contains(where: { $0.anchor == name }) {
            problem(
                "recursive-alias", "the alias *\(name) stands inside what it names",
                span(event), "write the value out")
            return false
        }
        guard let built = anchors[name] else {
            problem(
                "unknown-alias", "nothing before this place is anchored as &\(name)", span(event),
                DidYouMean.hint(name, in: anchors.keys.sorted(), show: { "*\($0)" })
                    ?? "write the value out, or anchor it with &\(name) earlier in this document")
            finish(Built(node: nullNode(event)), anchor: nil)
            isBroken = true
            return true
        }
        aliasNodes += built.count
        guard aliasNodes <= limits.aliasNodes else {
            problem(
                "alias-limit",
                "the document's aliases expand to more than \(limits.aliasNodes) nodes",
                span(event), "write the values out")
            return false
        }
        guard stack.count + built.height <= limits.depth else {
            problem(
                "too-deep",
                "with this alias the document is nested deeper than \(limits.depth) levels",
                span(event), "flatten it")
            return false
        }
        finish(built, anchor: nil)
        return true
    }

    private func nullNode(_ event: YAMLEvent) -> YAMLNode {
        YAMLNode(.scalar(""), style: .plain, span: span(event))
    }

    private mutating func checkedTag(
        _ event: YAMLEvent, isScalar: Bool, isMapping: Bool
    ) -> YAMLTag? {
        guard let text = event.tag else { return nil }
        // `!` alone says "no type": what scalars are here anyway.
        if text == "!" { return isScalar ? .string : nil }
        guard let tag = YAMLTag(rawValue: text) else {
            problem(
                "unknown-tag", "the tag \(YAMLNode.shortened(text)) is not read", span(event),
                "remove it: the field decides what the value means")
            return nil
        }
        let fits: Bool =
            switch tag {
            case .mapping: !isScalar && isMapping
            case .sequence: !isScalar && !isMapping
            case .string, .integer, .boolean, .null: isScalar
            }
        if !fits {
            problem(
                "wrong-tag", "the tag \(tag.shorthand) does not fit what it stands before",
                span(event), "remove it")
        }
        return tag
    }

    // MARK: Reporting

    mutating func report(
        _ error: YAMLSyntaxError, in bytes: UnsafeBufferPointer<UInt8>, lineOffset: Int
    ) {
        diagnostics.append(
            YAMLSyntaxMessage.diagnostic(
                for: error, file: file,
                line: YAMLSyntaxMessage.line(error.position.line - 1 - lineOffset, of: bytes)))
    }

    private mutating func problem(
        _ code: String, _ message: String, _ span: SourceSpan, _ help: String
    ) {
        diagnostics.append(.error(code, message, at: span, help: help))
    }

    private func span(_ event: YAMLEvent) -> SourceSpan {
        SourceSpan(file: file, start: event.start, end: event.end)
    }
}
