// Owns reading a YAML file into documents. Bad input never throws or traps: whatever is wrong
// becomes a diagnostic, and reading goes on with the next document.

public import SchemaCore

/// Reads YAML files into spanned nodes.
public struct YAMLParser: Sendable {
    /// What a file gave.
    public struct Outcome: Sendable {
        /// The documents that could be read, in order.
        public var documents: [YAMLDocument] = []
        /// Everything that is wrong.
        public var diagnostics: [Diagnostic] = []
    }

    /// How much a file may hold.
    public let limits: ManifestLimits

    /// Makes a parser.
    public init(limits: ManifestLimits = .init()) { self.limits = limits }

    /// Reads a file.
    public func parse(_ file: ManifestFile) -> Outcome {
        guard file.bytes.count <= limits.fileBytes else {
            return Outcome(diagnostics: [
                FileProblem.tooLarge(file.path, bytes: file.bytes.count, limits: limits)
            ])
        }
        return file.bytes.withUnsafeBufferPointer { bytes in
            let hasMark = bytes.starts(with: [0xef, 0xbb, 0xbf])
            let text = UnsafeBufferPointer(rebasing: bytes[(hasMark ? 3 : 0)...])
            if let problem = YAMLCharacters.problem(in: text, file: file.path) {
                return Outcome(diagnostics: [problem])
            }
            return parse(text, path: file.path)
        }
    }

    /// Reads a text as the file `path`.
    public func parse(_ text: String, path: String) -> Outcome {
        parse(ManifestFile(path: path, bytes: Array(text.utf8)))
    }

    private func parse(_ bytes: UnsafeBufferPointer<UInt8>, path: String) -> Outcome {
        var builder = YAMLTreeBuilder(file: path, limits: limits)
        var rest = bytes
        var line = 0
        while true {
            builder.beginPiece(line: line)
            guard let failedLine = read(rest, lineOffset: line, into: &builder) else { break }
            // `---` at the start of a line always begins a document, whatever was broken.
            let after = max(builder.documentLine, line)
            guard !builder.isExhausted,
                let next = Self.nextDocument(
                    in: rest, lineOffset: line, from: failedLine, after: after)
            else { break }
            rest = UnsafeBufferPointer(rebasing: rest[next.offset...])
            line = next.line
        }
        return Outcome(documents: builder.documents, diagnostics: builder.diagnostics)
    }

    /// Reads up to the end, or to a problem, whose line (from 0) it returns.
    private func read(
        _ bytes: UnsafeBufferPointer<UInt8>, lineOffset: Int, into builder: inout YAMLTreeBuilder
    ) -> Int? {
        guard let reader = YAMLEventReader(bytes, lineOffset: lineOffset) else {
            preconditionFailure("libyaml has no memory for a parser")
        }
        do {
            while true {
                let event = try reader.next()
                if case .streamEnd = event.kind { return nil }
                guard builder.take(event) else { return event.start.line - 1 }
            }
        } catch {
            builder.report(error, in: bytes, lineOffset: lineOffset)
            return error.position.line - 1
        }
    }

    /// The first `---` line that is not before line `from` and is behind line `after`.
    private static func nextDocument(
        in bytes: UnsafeBufferPointer<UInt8>, lineOffset: Int, from: Int, after: Int
    ) -> (offset: Int, line: Int)? {
        var line = lineOffset
        var offset = 0
        while offset < bytes.count {
            if line >= from && line > after && isMarker(bytes, at: offset) {
                return (offset, line)
            }
            guard let end = lineEnd(bytes, from: offset) else { return nil }
            offset = end
            line += 1
        }
        return nil
    }

    private static func isMarker(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
        guard bytes.count - offset >= 3 else { return false }
        guard (0..<3).allSatisfy({ bytes[offset + $0] == UInt8(ascii: "-") }) else { return false }
        guard bytes.count - offset > 3 else { return true }
        return [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset + 3])
    }

    /// The offset behind the line's end: `\n`, `\r\n` or `\r`.
    private static func lineEnd(_ bytes: UnsafeBufferPointer<UInt8>, from: Int) -> Int? {
        var offset = from
        while offset < bytes.count {
            if bytes[offset] == 0x0a { return offset + 1 }
            if bytes[offset] == 0x0d {
                return offset + (offset + 1 < bytes.count && bytes[offset + 1] == 0x0a ? 2 : 1)
            }
            offset += 1
        }
        return nil
    }
}
