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
}
