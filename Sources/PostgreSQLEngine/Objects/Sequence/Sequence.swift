public import SchemaCore

/// What a sequence counts; every number is what the server would use (`pg_sequence`). In a lowered
/// manifest nil means the server's default for the others.
public struct SequenceSettings: Hashable, Codable, Sendable {
    /// `smallint`, `integer` or `bigint`; nil in an identity column's sequence, whose type is the
    /// column's.
    public var type: String?
    /// `START WITH`.
    public var start: Int64?
    /// `INCREMENT BY`.
    public var increment: Int64?
    /// `MINVALUE`.
    public var minimum: Int64?
    /// `MAXVALUE`.
    public var maximum: Int64?
    /// `CACHE`.
    public var cache: Int64?
    /// `CYCLE`.
    public var cycles: Bool

    /// Makes the definition.
    public init(
        type: String? = nil, start: Int64? = nil, increment: Int64? = nil,
        minimum: Int64? = nil, maximum: Int64? = nil, cache: Int64? = nil, cycles: Bool = false
    ) {
        self.type = type
        self.start = start
        self.increment = increment
        self.minimum = minimum
        self.maximum = maximum
        self.cache = cache
        self.cycles = cycles
    }
}

/// A sequence that is no identity column's.
public struct SequenceDefinition: Hashable, Codable, Sendable {
    /// What it counts.
    public var settings: SequenceSettings
    /// The column with which it vanishes (`OWNED BY`).
    public var ownedBy: ObjectID?
    /// Whether it is not crash-safe (PostgreSQL 15).
    public var isUnlogged: Bool

    /// Makes the definition.
    public init(settings: SequenceSettings, ownedBy: ObjectID? = nil, isUnlogged: Bool = false) {
        self.settings = settings
        self.ownedBy = ownedBy
        self.isUnlogged = isUnlogged
    }
}
