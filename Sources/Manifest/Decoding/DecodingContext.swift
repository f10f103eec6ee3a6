public import SchemaCore

/// What decoding and lowering collect: diagnostics, and which declared fields were never read.
public struct DecodingContext: Sendable {
    /// Everything that was found so far.
    public private(set) var diagnostics: [Diagnostic] = []
    /// Declared fields whose values no spec took, as `object.field`: a mistake of ours that a
    /// test looks for.
    public private(set) var unreadFields: Set<String> = []
    /// The engine's limit on the bytes of a name, above which it cuts names off; nil for none.
    public let nameBytes: Int?

    /// An empty context.
    public init(nameBytes: Int? = nil) { self.nameBytes = nameBytes }

    /// Adds a diagnostic.
    public mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    /// Adds diagnostics.
    public mutating func report(_ more: some Sequence<Diagnostic>) {
        diagnostics.append(contentsOf: more)
    }

    mutating func merge(_ other: DecodingContext) {
        diagnostics += other.diagnostics
        unreadFields.formUnion(other.unreadFields)
    }

    mutating func noteUnread(_ field: String) { unreadFields.insert(field) }

    /// Reports that a value has the wrong form.
    mutating func wrongType(_ node: YAMLNode, expected: String, help: String? = nil) {
        report(
            .error(
                "wrong-type", "expected \(expected), found \(node.shown)", at: node.span,
                help: help ?? "write \(expected)"))
    }
}
