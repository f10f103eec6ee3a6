public import SchemaCore

/// Reads files into manifests: YAML, then `apiVersion` and `kind` of each document.
public struct ManifestReader: Sendable {
    /// What files gave.
    public struct Outcome: Sendable {
        /// The manifests in the order of files and documents.
        public var documents: [ManifestDocument] = []
        /// Everything that is wrong in any of the files.
        public var diagnostics: [Diagnostic] = []
    }

    /// How much the files may hold.
    public let limits: ManifestLimits

    /// Makes a reader.
    public init(limits: ManifestLimits = .init()) { self.limits = limits }

    /// Reads all files of a tree.
    public func read(_ tree: ManifestTree) -> Outcome {
        var outcome = Outcome()
        for one in tree.files.parallelMap({ read($0) }) {
            outcome.documents += one.documents
            outcome.diagnostics += one.diagnostics
        }
        return outcome
    }

    /// Reads one file.
    public func read(_ file: ManifestFile) -> Outcome {
        let yaml = YAMLParser(limits: limits).parse(file)
        var outcome = Outcome(diagnostics: yaml.diagnostics)
        for document in yaml.documents {
            if let manifest = manifest(document, file: file.path, &outcome.diagnostics) {
                outcome.documents.append(manifest)
            }
        }
        return outcome
    }

    private func manifest(
        _ document: YAMLDocument, file: String, _ diagnostics: inout [Diagnostic]
    ) -> ManifestDocument? {
        let root = document.root
        guard case .mapping(let entries) = root.content else {
            diagnostics.append(
                .error(
                    "wrong-type", "expected a manifest, found \(root.shown)", at: root.span,
                    help: "begin with apiVersion: \(ManifestDocument.apiVersion) and kind: …"))
            return nil
        }
        var misspelled: Set<String> = []
        checkVersion(root, &misspelled, &diagnostics)
        guard let kind = kind(root, &misspelled, &diagnostics) else { return nil }
        let kept = entries.filter { !misspelled.contains($0.key.text ?? "") }
        return ManifestDocument(
            kind: kind, node: root.replacing(content: .mapping(kept)), file: file,
            index: document.index)
    }

    private func checkVersion(
        _ root: YAMLNode, _ misspelled: inout Set<String>, _ diagnostics: inout [Diagnostic]
    ) {
        let wanted = ManifestDocument.apiVersion
        guard let version = root["apiVersion"] else {
            diagnostics.append(
                missing("apiVersion", "add apiVersion: \(wanted)", root, &misspelled))
            return
        }
        guard version.text != wanted else { return }
        diagnostics.append(
            .error(
                "unknown-version", "the apiVersion is \(version.shown)", at: version.span,
                help: "write apiVersion: \(wanted)"))
    }

    private func kind(
        _ root: YAMLNode, _ misspelled: inout Set<String>, _ diagnostics: inout [Diagnostic]
    ) -> Spanned<String>? {
        guard let kind = root["kind"] else {
            diagnostics.append(
                missing("kind", "add kind: …, for example kind: Table", root, &misspelled))
            return nil
        }
        guard let text = kind.text, !kind.isNull else {
            diagnostics.append(
                .error(
                    "wrong-type", "expected the name of a kind, found \(kind.shown)",
                    at: kind.span, help: "write kind: …, for example kind: Table"))
            return nil
        }
        return Spanned(text, at: kind.span)
    }

    private func missing(
        _ key: String, _ help: String, _ root: YAMLNode, _ misspelled: inout Set<String>
    ) -> Diagnostic {
        let near = root.entries.first {
            DidYouMean.closest(to: $0.key.text ?? "", in: [key]) != nil
        }
        if let near, let text = near.key.text {
            misspelled.insert(text)
            return .error(
                "unknown-key", "a manifest has no key \"\(YAMLNode.shortened(text))\"",
                at: near.key.span, help: "did you mean \"\(key)\"?")
        }
        let start = root.span.start
        return .error(
            "missing-key", "the manifest lacks \"\(key)\"",
            at: SourceSpan(
                file: root.span.file, start: start,
                end: .init(line: start.line, column: start.column + 1)),
            help: help)
    }
}
