// Owns rewriting a file in canonical form without loss: what is written must read back as the
// same documents with the same comments, or nothing is written.

public import SchemaCore

/// Rewrites manifests in canonical form and keeps their comments.
///
/// Two spaces of indentation; fields in the declared order; quotes only where they are needed;
/// collections in braces stay so up to 100 columns; texts with lines as `|` blocks; one empty
/// line and `---` between documents.
public struct ManifestFormatter: Sendable {
    /// What formatting gave.
    public struct Outcome: Sendable {
        /// The canonical text; nil where the file must stay as it is.
        public let text: String?
        /// Why it must.
        public let diagnostics: [Diagnostic]
    }

    private let limits: ManifestLimits
    private let layout: @Sendable (_ kind: String?) -> FieldLayout

    /// Makes a formatter.
    ///
    /// - Parameter layout: the canonical order of fields by the document's `kind`.
    public init(
        limits: ManifestLimits = .init(),
        layout: @escaping @Sendable (_ kind: String?) -> FieldLayout = { _ in .unknown }
    ) {
        self.limits = limits
        self.layout = layout
    }

    /// Formats a file.
    public func format(_ file: ManifestFile) -> Outcome {
        let parser = YAMLParser(limits: limits)
        let before = parser.parse(file)
        guard before.diagnostics.isEmpty else {
            return Outcome(text: nil, diagnostics: before.diagnostics)
        }
        let comments = YAMLComments(file.bytes, documents: before.documents)
        if let reason = Self.obstacle(before.documents, comments, file) {
            return Outcome(text: nil, diagnostics: [reason])
        }
        let text = written(before.documents, comments)
        let copy = ManifestFile(path: file.path, bytes: Array(text.utf8))
        let after = parser.parse(copy)
        let kept = YAMLComments(copy.bytes, documents: after.documents)
        guard after.diagnostics.isEmpty, Self.same(before.documents, after.documents),
            comments.comments.map(\.text).sorted() == kept.comments.map(\.text).sorted(),
            written(after.documents, kept) == text
        else {
            return Outcome(text: nil, diagnostics: [Self.refusal(file)])
        }
        return Outcome(text: text, diagnostics: [])
    }

    func written(_ documents: [YAMLDocument], _ comments: YAMLComments) -> String {
        guard !documents.isEmpty else {
            return comments.comments.map { $0.text + "\n" }.joined()
        }
        var pages: [YAMLPage] = []
        for (index, document) in documents.enumerated() {
            let from = index == 0 ? 0 : document.startLine
            let to = index + 1 < documents.count ? documents[index + 1].startLine : Int.max
            let own = comments.comments.filter { (from..<to).contains($0.position.line) }
            var page = YAMLLayout(
                document.root, comments: own, blankLines: comments.blankLines,
                layout: layout(document.root["kind"]?.text))
            pages.append(page.page())
        }
        return YAMLWriter.write(pages)
    }

    private static func same(_ lhs: [YAMLDocument], _ rhs: [YAMLDocument]) -> Bool {
        lhs.count == rhs.count
            && zip(lhs, rhs).allSatisfy { $0.root.isStructurallyEqual(to: $1.root) }
    }

    private static func obstacle(
        _ documents: [YAMLDocument], _ comments: YAMLComments, _ file: ManifestFile
    ) -> Diagnostic? {
        if let document = documents.first(where: \.hasAnchors) {
            return .warning(
                "not-formatted", "a document with anchors or aliases is left as it is",
                at: document.root.span, help: "write the values out to have it formatted")
        }
        guard comments.hasDirectives else { return nil }
        return .warning(
            "not-formatted", "\(file.path) has a % directive and is left as it is",
            help: "remove the directive to have it formatted")
    }

    private static func refusal(_ file: ManifestFile) -> Diagnostic {
        .error(
            "not-formatted",
            "\(file.path) is left as it is: its canonical form would not read back the same",
            help: "simplify unusual YAML in it (quoted keys, comments inside values)")
    }
}

extension KindRegistry {
    /// A formatter that knows the fields of these kinds.
    public func formatter(limits: ManifestLimits = .init()) -> ManifestFormatter {
        let layouts = Dictionary(
            kinds.map { ($0.name, $0.layout) }, uniquingKeysWith: { first, _ in first })
        return ManifestFormatter(limits: limits) { kind in
            kind.flatMap { layouts[$0] } ?? .unknown
        }
    }
}
