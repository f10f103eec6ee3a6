/// What tells one manifest's object from another: kind and identity fields.
public struct ManifestIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The kind's name.
    public let kind: String
    /// The values of the identity fields, outermost first; empty for a field left out.
    public let values: [String]

    /// Makes an identity.
    public init(kind: String, values: [String]) {
        self.kind = kind
        self.values = values
    }

    /// `Table app.users`.
    public var description: String {
        "\(kind) \(values.filter { !$0.isEmpty }.joined(separator: "."))"
    }
}
