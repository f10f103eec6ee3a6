// Owns the list of reasoned exceptions and its ratchet: what it allows must be there, no more and
// no less, so that a mended place cannot come back unseen.

import Testing

/// The rules that a file may be excepted from, by the names that `exceptions.txt` uses.
enum Rule: String, CaseIterable, Sendable {
    case bannedCall = "banned-call"
    case fileLength = "file-length"
    case functionLength = "function-length"
    case lineLength = "line-length"
    case onePublicType = "one-public-type"
    case opening = "opening"
    case switchDefault = "switch-default"
}

/// A place that breaks a rule.
struct Violation: Sendable {
    let path: String
    let line: Int
    let what: String
}

/// One line of `exceptions.txt`: `rule | path | count | reason`.
struct Exception: Sendable {
    let rule: Rule
    let path: String
    let count: Int
    let reason: String

    static let file = "Tests/ArchitectureTests/exceptions.txt"

    /// The list, and what is wrong with it.
    static let all: (exceptions: [Exception], problems: [String]) = {
        var exceptions: [Exception] = []
        var problems: [String] = []
        for line in Repository.text(file).split(separator: "\n") where !line.hasPrefix("#") {
            let fields = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false)
                .map { String($0).trimmed }
            guard fields.count == 4, let rule = Rule(rawValue: fields[0]),
                let count = Int(fields[2]), count > 0, fields[3].count > 10
            else {
                problems.append("no `rule | path | count | reason`: \(line)")
                continue
            }
            if exceptions.contains(where: { $0.rule == rule && $0.path == fields[1] }) {
                problems.append("stands twice: \(line)")
            }
            exceptions.append(
                Exception(rule: rule, path: fields[1], count: count, reason: fields[3]))
        }
        return (exceptions, problems)
    }()
}

/// Fails for every file that breaks a rule more often than the list allows, and for every
/// exception that allows more than there is.
func expectOnly(
    _ violations: [Violation], of rule: Rule, sourceLocation: SourceLocation = #_sourceLocation
) {
    let allowed = Exception.all.exceptions.filter { $0.rule == rule }
    let found = Dictionary(grouping: violations, by: \.path)
    for (path, places) in found.sorted(by: { $0.key < $1.key }) {
        let count = allowed.first { $0.path == path }?.count ?? 0
        guard places.count > count else { continue }
        let list = places.map { "\($0.path):\($0.line): \($0.what)" }.joined(separator: "\n  ")
        let message: Comment =
            "\(rule.rawValue): \(places.count) places where \(count) are allowed:\n  \(list)"
        Issue.record(message, sourceLocation: sourceLocation)
    }
    for exception in allowed {
        let count = found[exception.path]?.count ?? 0
        guard count < exception.count else { continue }
        Issue.record(
            """
            \(Exception.file) allows \(exception.count) times \(rule.rawValue) in \
            \(exception.path), where \(count) are left: lower the number or remove the line
            """,
            sourceLocation: sourceLocation)
    }
}

extension String {
    /// Without spaces at both ends.
    var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
