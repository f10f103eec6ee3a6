internal import Foundation
public import SchemaCore

/// What has to be read for one object of which the schema says nothing: a managed row, what a
/// statement made, a role. It is kept with what was last applied, so that drift is seen without
/// manifests.
public struct ScopeRead: Hashable, Codable, Sendable {
    /// The object's address as manifests have it.
    public var object: ObjectID
    /// How the engine reads it: a JSON text of its own.
    public var how: String
    /// Whether the object belongs to the whole server, and so perhaps to others as well.
    public var isOfServer: Bool

    /// Makes the value.
    public init(object: ObjectID, how: String, isOfServer: Bool = false) {
        self.object = object
        self.how = how
        self.isOfServer = isOfServer
    }

    private enum CodingKeys: CodingKey { case object, how, isOfServer }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        object = try container.decode(ObjectID.self, forKey: .object)
        how = try container.decode(String.self, forKey: .how)
        isOfServer = try container.decodeIfPresent(Bool.self, forKey: .isOfServer) ?? false
    }

    /// Coded without what most reads do not have.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(object, forKey: .object)
        try container.encode(how, forKey: .how)
        if isOfServer { try container.encode(true, forKey: .isOfServer) }
    }

    /// Carries how an engine reads an object.
    public init(object: ObjectID, reading how: some Encodable, isOfServer: Bool = false) {
        do {
            self.init(
                object: object, how: String(decoding: try CanonicalJSON.data(how), as: UTF8.self),
                isOfServer: isOfServer)
        } catch {
            preconditionFailure("a read could not be encoded: \(error)")
        }
    }

    /// How the engine reads it, as it said.
    ///
    /// - Throws: if it is of another version of the engine, which said it otherwise.
    public func reading<Read: Decodable>(as type: Read.Type) throws -> Read {
        try CanonicalJSON.decode(type, from: Data(how.utf8))
    }
}
