internal import Foundation
public import SchemaCore

/// What has to be read for one object of which the schema says nothing: a managed row, or what a
/// statement made. It is kept with what was last applied, so that drift is seen without manifests.
public struct ScopeRead: Hashable, Codable, Sendable {
    /// The object's address as manifests have it.
    public var object: ObjectID
    /// How the engine reads it: a JSON text of its own.
    public var how: String

    /// Makes the value.
    public init(object: ObjectID, how: String) {
        self.object = object
        self.how = how
    }

    /// Carries how an engine reads an object.
    public init(object: ObjectID, reading how: some Encodable) {
        do {
            self.init(
                object: object, how: String(decoding: try CanonicalJSON.data(how), as: UTF8.self))
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
