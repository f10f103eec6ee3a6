import SchemaCore

/// The comments and empty lines of a file, which libyaml drops: found between the scalars, whose
/// places the nodes know, so that a `#` in a text is no comment.
struct YAMLComments {
    struct Comment {
        var position: SourceSpan.Position
        /// From the `#`, without white space behind.
        var text: String
        /// Whether nothing stands before it on its line.
        var isOwnLine: Bool
    }

    private(set) var comments: [Comment] = []
    /// Lines (from 1) with nothing on them.
    private(set) var blankLines: Set<Int> = []
    /// Whether there is a `%` directive, which has no canonical form.
    private(set) var hasDirectives = false

    init(_ bytes: [UInt8], documents: [YAMLDocument]) {
        var scalars: [YAMLNode] = []
        for document in documents { Self.collect(document.root, into: &scalars) }
        scalars.sort { $0.span.start < $1.span.start }
        var next = 0
        // Splitting Characters would keep \r\n together and join marks to line ends.
        for (index, line) in Self.lines(bytes).enumerated() {
            let number = index + 1
            while next < scalars.count, scalars[next].span.end.line < number { next += 1 }
            scan(line, number: number, scalars: scalars[next...])
        }
    }

    private static func lines(_ bytes: [UInt8]) -> [[Unicode.Scalar]] {
        var rest = bytes[...]
        if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
        let text = String(decoding: rest, as: UTF8.self).unicodeScalars
        var lines: [[Unicode.Scalar]] = [[]]
        var previous: Unicode.Scalar?
        for scalar in text {
            if scalar == "\n" && previous == "\r" {
                // The end of this line was counted.
            } else if scalar == "\n" || scalar == "\r" {
                lines.append([])
            } else {
                lines[lines.count - 1].append(scalar)
            }
            previous = scalar
        }
        return lines
    }

    private static func collect(_ node: YAMLNode, into scalars: inout [YAMLNode]) {
        switch node.content {
        case .scalar: scalars.append(node)
        case .sequence(let items): for item in items { collect(item, into: &scalars) }
        case .mapping(let entries):
            for entry in entries {
                collect(entry.key, into: &scalars)
                collect(entry.value, into: &scalars)
            }
        }
    }

    private mutating func scan(
        _ line: [Unicode.Scalar], number: Int, scalars: ArraySlice<YAMLNode>
    ) {
        if line.allSatisfy({ $0 == " " || $0 == "\t" }) {
            blankLines.insert(number)
            return
        }
        var column = 0
        var candidates = scalars
        while column < line.count {
            while let first = candidates.first, Self.isBehind(first, number, column) {
                candidates = candidates.dropFirst()
            }
            if let first = candidates.first,
                let end = Self.end(of: first, at: number, column: column, count: line.count)
            {
                column = max(end, column + 1)
                continue
            }
            if line[column] == "#" && (column == 0 || [" ", "\t"].contains(line[column - 1])) {
                add(line, from: column, number: number)
                return
            }
            if line[column] == "%" && column == 0 { hasDirectives = true }
            column += 1
        }
    }

    private static func isBehind(_ node: YAMLNode, _ line: Int, _ column: Int) -> Bool {
        let end = node.span.end
        return end.line < line || end.line == line && end.column - 1 <= column
    }

    /// Where on the line (from 0) a scalar that covers a column ends; nil if it does not cover it.
    private static func end(
        of node: YAMLNode, at line: Int, column: Int, count: Int
    ) -> Int? {
        let span = node.span
        let isBlock = node.style == .literal || node.style == .folded
        // The header of a block scalar may have a comment behind it.
        if isBlock && span.start.line == line { return nil }
        guard span.start.line < line || span.start.line == line && span.start.column - 1 <= column
        else { return nil }
        return span.end.line > line ? count : span.end.column - 1
    }

    private mutating func add(_ line: [Unicode.Scalar], from column: Int, number: Int) {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: line[column...])
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        comments.append(
            Comment(
                position: .init(line: number, column: column + 1), text: String(text),
                isOwnLine: line[..<column].allSatisfy { $0 == " " || $0 == "\t" }))
    }
}
