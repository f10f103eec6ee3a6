public import SchemaCore

/// An object that is not as it was expected.
public struct ObjectDifference: Hashable, Codable, Sendable {
    /// How it differs.
    public enum Kind: String, Hashable, Codable, Sendable {
        /// It is there and was not expected.
        case unexpected
        /// It was expected and is not there.
        case missing
        /// It has another definition.
        case changed
    }

    /// The object.
    public var object: ObjectID
    /// How it differs.
    public var kind: Kind

    /// Makes the value.
    public init(object: ObjectID, kind: Kind) {
        self.object = object
        self.kind = kind
    }

    /// What differs, in the order of the addresses.
    public static func between(
        expected: [ObjectID: Digest], found: [ObjectID: Digest]
    ) -> [ObjectDifference] {
        Set(expected.keys).union(found.keys).compactMap { id in
            difference(id, expected: expected[id], found: found[id])
        }.sorted { $0.object < $1.object }
    }

    static func difference(
        _ id: ObjectID, expected: Digest?, found: Digest?
    ) -> ObjectDifference? {
        if expected == found { return nil }
        if expected == nil { return ObjectDifference(object: id, kind: .unexpected) }
        return ObjectDifference(object: id, kind: found == nil ? .missing : .changed)
    }
}

extension ObjectDifference: CustomStringConvertible {
    /// `column app.users.email: changed`.
    public var description: String { "\(object): \(kind.rawValue)" }
}
