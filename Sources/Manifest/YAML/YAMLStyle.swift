/// How a node was written.
public enum YAMLStyle: Hashable, Sendable {
    /// A scalar without quotes.
    case plain
    case singleQuoted
    case doubleQuoted
    /// A block scalar that keeps its lines: `|`.
    case literal
    /// A block scalar whose lines are joined: `>`.
    case folded
    /// A mapping or sequence by indentation.
    case block
    /// A mapping or sequence in braces or brackets.
    case flow
}
