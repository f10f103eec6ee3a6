/// Writes hostile text into Markdown so that it shows as it is: no markup, no HTML, no link, no
/// mention, no way out of a table cell or a code block.
enum MarkdownSafe {
    /// A name or another short literal, as a code span in a table's cell. There a pipe ends the
    /// cell even within code, unless it has a backslash, which is then not shown.
    static func cell(_ text: String) -> String { code(text).replacing("|", with: "\\|") }

    /// A name or another short literal, as a code span; not for table cells.
    static func code(_ text: String) -> String {
        let line = TerminalSafe.line(text)
        let fence = String(repeating: "`", count: longestRun(of: "`", in: line) + 1)
        if line.isEmpty { return "` `" }
        let pad = line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
        return fence + pad + line + pad + fence
    }

    /// A sentence of ours with names in it. What a forge would make a mention, a reference or a
    /// link of goes into a code span, where it does not.
    static func prose(_ text: String) -> String {
        let line = TerminalSafe.line(text)
        let isReference = ["@", "#", "://", "www."].contains { line.contains($0) }
        if isReference { return code(line) }
        var out = ""
        for character in line {
            if "\\`*_{}[]<>()|~&!^$".contains(character) { out.append("\\") }
            out.append(character)
        }
        return out
    }

    /// Lines of code, with a fence that nothing in them can close.
    static func block(_ text: String, language: String) -> [String] {
        let safe = TerminalSafe.block(text)
        let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: safe) + 1))
        return [fence + language]
            + safe.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            + [fence]
    }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var longest = 0
        var run = 0
        for other in text {
            run = other == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
