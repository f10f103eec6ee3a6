public import SchemaCore

/// How the values of a column of a table are kept and counted, where that is not as usual.
public struct ColumnSettingsDefinition: Hashable, Codable, Sendable {
    /// Where long values go.
    public enum Storage: String, Hashable, Codable, Sendable, CaseIterable {
        case plain, external, main, extended
    }
    /// How values are packed; `usual` is how the server packs them, which a column says only
    /// where that above it says another thing.
    public enum Compression: String, Hashable, Codable, Sendable, CaseIterable {
        case pglz, lz4
        case usual = "default"
    }

    /// Where long values go, if not where its type says.
    public var storage: Storage?
    /// Where its type says they go; known only of what a server has read, with `storage`.
    public var typeStorage: Storage?
    /// How values are packed, if not by the server's default.
    public var compression: Compression?
    /// How many values are sampled for statistics, if not the server's default.
    public var statistics: Int?
    /// Options, for example `n_distinct`.
    public var options: [String: String]
    /// Whether the column is had from a parent or a type, and so is no object.
    public var isDerived: Bool
    /// The kind of what has the column, if it is no table.
    public var relation: ObjectKind?

    /// Makes the definition.
    public init(
        storage: Storage? = nil, typeStorage: Storage? = nil, compression: Compression? = nil,
        statistics: Int? = nil, options: [String: String] = [:], isDerived: Bool = false,
        relation: ObjectKind? = nil
    ) {
        self.relation = relation
        self.storage = storage
        self.typeStorage = typeStorage
        self.compression = compression
        self.statistics = statistics
        self.options = options
        self.isDerived = isDerived
    }

    /// Whether all is as usual.
    var isEmpty: Bool {
        storage == nil && compression == nil && statistics == nil && options.isEmpty
    }
}

extension ObjectID {
    /// What is said of how a column is kept; its path is the column's.
    static func columnSettings(_ schema: String, _ table: String, _ column: String) -> ObjectID {
        ObjectID(.columnSettings, schema, table, column)
    }
}
