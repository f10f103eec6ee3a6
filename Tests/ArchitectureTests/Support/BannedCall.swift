// Owns the list of what no code outside the command line may call, with the reasons.

/// Something that code may not hold.
struct BannedCall: Sendable {
    let text: String
    let reason: String
    /// Whether the command line may do it: it is the shell, where clock and output belong.
    var isShellFree = false
    /// Whether tests may do it.
    var isTestFree = false

    private static let meaning = "nothing learns what SQL means from its text"

    static let all = [
        BannedCall(text: "try!", reason: "bad input gets a diagnostic, never a crash"),
        BannedCall(text: "as!", reason: "the types of the seam make it needless"),
        BannedCall(text: "fatalError", reason: "our own bugs trap by preconditionFailure"),
        BannedCall(
            text: "Date()", reason: "the clock is injected", isShellFree: true, isTestFree: true),
        BannedCall(
            text: "Date.now", reason: "the clock is injected", isShellFree: true, isTestFree: true),
        BannedCall(
            text: "UUID()", reason: "ids are injected", isShellFree: true, isTestFree: true),
        BannedCall(
            text: "SystemRandomNumberGenerator", reason: "randomness is injected",
            isShellFree: true, isTestFree: true),
        BannedCall(text: "print(", reason: "only the command line talks", isShellFree: true),
        BannedCall(
            text: "@unchecked Sendable", reason: "the compiler cannot see that it is one"),
        BannedCall(
            text: "nonisolated(unsafe)", reason: "the compiler cannot see that it is safe"),
        BannedCall(text: "NSRegularExpression", reason: meaning, isTestFree: true),
        BannedCall(text: "Regex(", reason: meaning, isTestFree: true),
        BannedCall(text: "Regex<", reason: meaning, isTestFree: true),
    ]

    func applies(to file: SwiftSource) -> Bool {
        if isShellFree, file.path.hasPrefix("Sources/lockstep/") { return false }
        if isTestFree, file.path.hasPrefix("Tests/") { return false }
        return true
    }

    /// Whether it stands in a line of code as a word of its own.
    func stands(in line: String) -> Bool {
        guard line.contains(text) else { return false }
        var rest = line[...]
        while let range = rest.firstRange(of: text) {
            let before = rest[..<range.lowerBound].last
            let isPart = before.map { $0.isLetter || $0.isNumber || "_.".contains($0) } ?? false
            if !isPart || text.hasPrefix("@") { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
