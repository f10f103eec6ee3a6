import SchemaCore

/// Diagnostics that several readers of files share.
enum FileProblem {
    static func tooLarge(_ path: String, bytes: Int, limits: ManifestLimits) -> Diagnostic {
        let start = SourceSpan.Position(line: 1, column: 1)
        return .error(
            "file-too-large",
            "\(path) holds \(bytes) bytes; a manifest file may hold \(limits.fileBytes)",
            at: SourceSpan(file: path, start: start, end: start),
            help: "split it into several files")
    }
}
