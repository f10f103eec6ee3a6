// Owns telling code from comments and texts in a Swift file, which is all of the language that the
// rules need. Invariant: `code` has a line for every line of the file.

/// One Swift file.
struct SwiftSource: Sendable {
    /// From the repository's root.
    let path: String
    /// As it stands.
    let lines: [String]
    /// The same with comments and the contents of string literals as spaces. Code that is
    /// interpolated into a literal stays.
    let code: [String]

    /// The file's name without folders and `.swift`.
    var name: String { String((path.split(separator: "/").last ?? "").dropLast(".swift".count)) }

    /// The target that it belongs to.
    var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

    var isTest: Bool { path.hasPrefix("Tests/") }

    init(path: String, text: String) {
        self.path = path
        func split(_ text: String) -> [String] {
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            if lines.last == "" { lines.removeLast() }
            return lines
        }
        lines = split(text)
        var mask = Mask(text)
        code = split(mask.run())
    }
}

/// Replaces what is no code by spaces.
private struct Mask {
    // Bytes: in a debug build characters take ten times as long.
    private let text: [UInt8]
    private var position = 0
    private var out: [UInt8] = []

    init(_ text: String) { self.text = Array(text.utf8) }

    mutating func run() -> String {
        out.reserveCapacity(text.count)
        code(until: nil)
        return String(decoding: out, as: UTF8.self)
    }

    private func at(_ offset: Int) -> Unicode.Scalar? {
        position + offset < text.count ? Unicode.Scalar(text[position + offset]) : nil
    }

    private mutating func keep() {
        out.append(text[position])
        position += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            let isEnd = text[position] == UInt8(ascii: "\n")
            out.append(UInt8(ascii: isEnd ? "\n" : " "))
            position += 1
        }
    }

    /// Code up to the parenthesis that closes an interpolation, or the end of the file.
    private mutating func code(until end: Unicode.Scalar?) {
        var depth = 0
        while let character = at(0) {
            if character == "/", at(1) == "/" {
                while let next = at(0), next != "\n" { blank() }
            } else if character == "/", at(1) == "*" {
                comment()
            } else if let hashes = literalStart() {
                literal(hashes)
            } else if character == end, depth == 0 {
                return
            } else {
                if character == "(" { depth += 1 }
                if character == ")" { depth -= 1 }
                keep()
            }
        }
    }

    private mutating func comment() {
        var depth = 0
        repeat {
            if at(0) == "/", at(1) == "*" {
                depth += 1
                blank(2)
            } else if at(0) == "*", at(1) == "/" {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at(0) != nil
    }

    /// The number of `#` before the quote that starts here, if a string literal starts here.
    private func literalStart() -> Int? {
        var hashes = 0
        while at(hashes) == "#" { hashes += 1 }
        return at(hashes) == "\"" ? hashes : nil
    }

    private mutating func literal(_ hashes: Int) {
        for _ in 0..<hashes { keep() }
        let isLong = at(1) == "\"" && at(2) == "\""
        let quotes = isLong ? 3 : 1
        for _ in 0..<quotes { keep() }
        while let character = at(0) {
            if character == "\\", (0..<hashes).allSatisfy({ at(1 + $0) == "#" }) {
                blank(1 + hashes)
                if at(0) == "(" {
                    keep()
                    code(until: ")")
                    if at(0) != nil { keep() }
                } else {
                    blank()
                }
            } else if (0..<quotes).allSatisfy({ at($0) == "\"" }),
                (0..<hashes).allSatisfy({ at(quotes + $0) == "#" })
            {
                for _ in 0..<(quotes + hashes) { keep() }
                return
            } else if character == "\n", !isLong {
                return
            } else {
                blank()
            }
        }
    }
}
