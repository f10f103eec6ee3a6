import SchemaCore

/// Says in words for people what libyaml found broken.
enum YAMLSyntaxMessage {
    static func diagnostic(
        for error: YAMLSyntaxError, file: String, line: String
    ) -> Diagnostic {
        let (message, help) = words(error, line: line)
        let end = SourceSpan.Position(
            line: error.position.line, column: error.position.column + 1)
        var notes: [Diagnostic.Note] = []
        if let context = error.context, error.contextPosition < error.position {
            notes.append(
                .init(
                    context,
                    at: SourceSpan(
                        file: file, start: error.contextPosition, end: error.contextPosition)))
        }
        return .error(
            "yaml-syntax", message,
            at: SourceSpan(file: file, start: error.position, end: end), help: help, notes: notes)
    }

    private static func words(
        _ error: YAMLSyntaxError, line: String
    ) -> (message: String, help: String) {
        let scalars = line.unicodeScalars
        let rest = scalars.dropFirst(error.position.column - 1)
        let indent = scalars.prefix { $0 == " " || $0 == "\t" }
        if rest.first == "\t" || indent.contains("\t") {
            return ("a tab stands where YAML needs spaces", "indent with spaces")
        }
        if error.problem.hasPrefix("found character that cannot start any token"),
            let first = rest.first
        {
            return ("a plain text cannot begin with \(first)", "put the text in quotes")
        }
        let before = scalars.prefix(max(error.position.column - 1, 0))
            .last { $0 != " " }
        if error.problem.hasPrefix("did not find expected"), before == "'" || before == "\"" {
            return (
                "the text goes on behind its closing quote",
                "put the whole text in quotes of the other sort, for example \"'a'::text\""
            )
        }
        let help =
            hints.first { error.problem.hasPrefix($0.problem) }?.help
            ?? "correct the YAML at this place"
        return ("the YAML is broken: \(error.problem)", help)
    }

    private static let hints: [(problem: String, help: String)] = [
        (
            "mapping values are not allowed",
            "put a text that holds \": \" in quotes, or check the indentation"
        ),
        (
            "did not find expected key",
            "check the indentation of this line and of the one before, and unclosed quotes"
        ),
        ("did not find expected '-'", "indent the items of a list alike, each behind \"- \""),
        (
            "block sequence entries are not allowed",
            "put the list on a line of its own, below its key"
        ),
        ("did not find expected ',' or ']'", "close the list with ]"),
        ("did not find expected ',' or '}'", "close the mapping with }"),
        ("found unexpected end of stream", "close the quotes"),
        ("found unexpected document indicator", "close the quotes"),
        ("could not find expected ':'", "write a colon and a space behind the key"),
        ("found unknown escape character", "double the backslash, or use single quotes"),
        ("did not find expected <document start>", "separate documents by a line with ---"),
        ("found a tab character", "indent with spaces"),
        ("did not find expected node content", "write a value here"),
    ]

    /// The text of line `number` (from 0).
    static func line(_ number: Int, of bytes: UnsafeBufferPointer<UInt8>) -> String {
        var current = 0
        var start = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0a || byte == 0x0d {
                if current == number { break }
                if byte == 0x0d && index + 1 < bytes.count && bytes[index + 1] == 0x0a {
                    index += 1
                }
                current += 1
                start = index + 1
            }
            index += 1
        }
        guard current == number else { return "" }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}
