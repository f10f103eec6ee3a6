extension Statement {
    /// The statement with its semicolon. A comment at the end must not swallow it; this looks at
    /// the characters of the last line, not at what the statement does.
    var terminated: String {
        let last = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        return text + (last.contains("--") ? "\n;" : ";")
    }
}
