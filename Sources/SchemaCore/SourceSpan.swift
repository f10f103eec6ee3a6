/// A place in a file a person wrote: where a manifest said something.
///
/// Lines and columns count from 1; columns count characters (Unicode scalars), as editors do.
public struct SourceSpan: Hashable, Codable, Sendable {
    /// One position in a text.
    public struct Position: Hashable, Codable, Sendable, Comparable {
        /// The line, from 1.
        public let line: Int
        /// The column in characters, from 1.
        public let column: Int

        /// Makes a position; both numbers count from 1.
        public init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }

        /// Earlier in the text is less.
        public static func < (lhs: Position, rhs: Position) -> Bool {
            (lhs.line, lhs.column) < (rhs.line, rhs.column)
        }
    }

    /// The file's path as the user knows it: relative to the project or the repository.
    public let file: String
    /// The first character.
    public let start: Position
    /// The position just behind the last character.
    public let end: Position

    /// Makes a span of `file` from `start` up to, not including, `end`.
    public init(file: String, start: Position, end: Position) {
        self.file = file
        self.start = start
        self.end = end
    }
}

extension SourceSpan: CustomStringConvertible {
    /// `file:line:column`, as compilers and editors print it.
    public var description: String { "\(file):\(start.line):\(start.column)" }
}
