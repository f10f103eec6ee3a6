public import SchemaCore

/// Something in a managed schema that Lockstep does not model: reported, never skipped in silence.
public struct Unmodelled: Hashable, Codable, Sendable, Comparable {
    /// What it is; its kind need not be one of the engine's.
    public var object: ObjectID
    /// What of it is not modelled, for example `trigger` or `row security`.
    public var what: String
    /// The modelled objects that it cannot be without: while it is there they can neither be
    /// dropped nor change their type.
    public var needs: Set<ObjectID> = []
    /// The modelled objects that take it along, without a word, when they are dropped.
    public var vanishesWith: Set<ObjectID> = []

    /// What it stands on is for planning only.
    private enum CodingKeys: CodingKey { case object, what }

    /// Makes the value.
    public init(
        object: ObjectID, what: String, needs: Set<ObjectID> = [],
        vanishesWith: Set<ObjectID> = []
    ) {
        self.object = object
        self.what = what
        self.needs = needs
        self.vanishesWith = vanishesWith
    }

    /// By address.
    public static func < (lhs: Unmodelled, rhs: Unmodelled) -> Bool {
        (lhs.object, lhs.what) < (rhs.object, rhs.what)
    }
}
