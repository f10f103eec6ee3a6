internal import SchemaCore

/// What tells one manifest's object from another: kind and identity fields, by their bytes.
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

extension ManifestIdentity {
    /// Compares the bytes of the values.
    public static func == (lhs: ManifestIdentity, rhs: ManifestIdentity) -> Bool {
        lhs.kind == rhs.kind && lhs.values.elementsEqual(rhs.values) { $0.isSameBytes(as: $1) }
    }
}
