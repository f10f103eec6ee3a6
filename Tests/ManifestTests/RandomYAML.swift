// Makes random documents, and writes them in the messy ways that people do.

import Manifest

/// A small generator with a seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

indirect enum RandomTree {
    case text(String)
    case list([RandomTree])
    case map([(String, RandomTree)])

    /// Whether a node says the same as this tree.
    func matches(_ node: YAMLNode) -> Bool {
        switch self {
        case .text(let text): return node.text.map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .list(let items):
            guard case .sequence(let nodes) = node.content else { return false }
            return items.count == nodes.count && zip(items, nodes).allSatisfy { $0.matches($1) }
        case .map(let entries):
            guard case .mapping(let nodes) = node.content else { return false }
            return entries.count == nodes.count
                && zip(entries, nodes).allSatisfy { $0.0 == $1.key.text && $0.1.matches($1.value) }
        }
    }
}

struct RandomYAML {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private static let pieces = [
        "a", "Ä", "no", "5", "null", "~", " ", "  ", ":", ": ", " #", "#", "'", "\"", "\\", "\n",
        "\n\n", "\t", "-", "- ", "[", "]", "{", "}", ",", "?", "!", "&", "*", "|", ">", "%", "@",
        "`", "=", "<<", "---", "...", "\u{1F600}", "\u{1}", "\u{85}", "\u{2028}", "\u{feff}", "\r",
        "now()", "numeric(10,2)", "'x'::text", "1e3", "0x1F", "true", "long words that go on",
    ]

    mutating func text() -> String {
        if chance(50) { return "word\(Int.random(in: 0..<100, using: &random))" }
        return (0..<Int.random(in: 0..<6, using: &random))
            .map { _ in Self.pieces.randomElement(using: &random)! }.joined()
    }

    mutating func tree(depth: Int = 0) -> RandomTree {
        let pick = Int.random(in: 0..<10, using: &random)
        if depth > 0 && (pick < 5 || depth > 4) { return .text(text()) }
        let count = Int.random(in: 0..<5, using: &random)
        if depth > 0 && pick < 7 { return .list((0..<count).map { _ in tree(depth: depth + 1) }) }
        var keys: Set<String> = []
        var entries: [(String, RandomTree)] = []
        for _ in 0..<(depth == 0 ? count + 1 : count) {
            let key = text()
            guard !key.isEmpty, key.utf8.count < 100, keys.insert(key).inserted else { continue }
            entries.append((key, tree(depth: depth + 1)))
        }
        return .map(depth == 0 && entries.isEmpty ? [("a", .text("b"))] : entries)
    }

    mutating func value(_ tree: RandomTree) -> YAMLValue {
        let value: YAMLValue
        switch tree {
        case .text(let text): value = .text(text)
        case .list(let items):
            let values = items.map { self.value($0) }
            value = chance(50) ? .sequence(values) : .flowSequence(values)
        case .map(let entries):
            let values = entries.map { ($0.0, self.value($0.1)) }
            value = chance(50) ? .mapping(values) : .flowMapping(values)
        }
        return chance(10) ? .commented(["why # this", ""], value) : value
    }

    // MARK: Messy writing

    private var comments = 0

    /// A document as text: odd indentation, any quotes, comments and empty lines anywhere.
    mutating func messy(_ tree: RandomTree) -> String {
        guard case .map(let entries) = tree else { return "" }
        return filler(0) + block(entries: entries, indent: 0) + filler(0)
    }

    private mutating func comment() -> String {
        comments += 1
        return "# comment \(comments): 'with' [odd] \"things\""
    }

    private mutating func filler(_ indent: Int) -> String {
        guard chance(25) else { return "" }
        let margin = String(repeating: " ", count: indent)
        return chance(50) ? "\n" : "\(margin)\(comment())\n"
    }

    private mutating func end() -> String {
        (chance(20) ? "  " + comment() : chance(10) ? "  " : "") + "\n"
    }

    private mutating func block(entries: [(String, RandomTree)], indent: Int) -> String {
        var out = ""
        let margin = String(repeating: " ", count: indent)
        for (key, value) in entries {
            out += filler(indent) + margin + quoted(key) + ":"
            out += below(value, indent: indent, step: Int.random(in: 1...4, using: &random))
        }
        return out
    }

    private mutating func block(items: [RandomTree], indent: Int) -> String {
        var out = ""
        for item in items {
            out += filler(indent) + String(repeating: " ", count: indent) + "-"
            out += below(item, indent: indent, step: Int.random(in: 2...4, using: &random))
        }
        return out
    }

    private mutating func below(_ value: RandomTree, indent: Int, step: Int) -> String {
        switch value {
        case .text(let text): return " " + quoted(text) + end()
        case .list(let items) where !items.isEmpty && chance(60):
            return end() + block(items: items, indent: indent + step)
        case .map(let entries) where !entries.isEmpty && chance(60):
            return end() + block(entries: entries, indent: indent + step)
        case .list, .map: return " " + flow(value, indent: indent + 1) + end()
        }
    }

    private mutating func flow(_ value: RandomTree, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        func separator(_ random: inout RandomYAML) -> String {
            guard random.chance(15) else { return random.chance(50) ? " " : "" }
            return (random.chance(50) ? " " + random.comment() : "") + "\n" + margin
        }
        switch value {
        case .text(let text): return quoted(text)
        case .list(let items):
            var out = "["
            for (index, item) in items.enumerated() {
                out += separator(&self) + flow(item, indent: indent)
                out += separator(&self) + (index + 1 < items.count ? "," : "")
            }
            return out + separator(&self) + "]"
        case .map(let entries):
            var out = "{"
            for (index, entry) in entries.enumerated() {
                out += separator(&self) + quoted(entry.0) + ": "
                out += flow(entry.1, indent: indent) + separator(&self)
                out += index + 1 < entries.count ? "," : ""
            }
            return out + separator(&self) + "}"
        }
    }

    /// A text in quotes, or plain where it is a simple word.
    private mutating func quoted(_ text: String) -> String {
        if text.hasPrefix("word") && chance(80) { return text }
        let isSimple = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f }
        if isSimple && chance(50) { return "'" + text.replacing("'", with: "''") + "'" }
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar.value > 0x7e || scalar == "\"" || scalar == "\\" {
                let hex = String(scalar.value, radix: 16)
                out += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
