public import SchemaCore

/// A right that a step needs beside those on what it touches: on what its statements refer to.
public struct Requirement: Hashable, Codable, Sendable {
    /// What it is a right on, by its address after the renames of the plan.
    public var object: ObjectID
    /// Which right, in the engine's own words.
    public var right: String
    /// What else the question needs, in the engine's own order.
    public var details: [String]

    /// Makes the value.
    public init(_ right: String, on object: ObjectID, details: [String] = []) {
        self.object = object
        self.right = right
        self.details = details
    }
}
