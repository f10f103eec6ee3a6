public import SchemaCore

/// A table without its children, which are objects of their own.
public struct TableDefinition: Hashable, Codable, Sendable {
    /// Where a table has its columns from, if they are not all its own.
    public indirect enum Origin: Hashable, Codable, Sendable {
        /// It holds the rows of another table that its bound takes: `FOR VALUES …` or `DEFAULT`,
        /// as the server prints it.
        case partition(of: QualifiedName, bound: VerbatimSQL)
        /// It has the columns of other tables besides its own, and its rows are theirs, too.
        case inheritance([QualifiedName])
        /// It has the attributes of a composite type.
        case type(QualifiedName)
    }

    /// Whether it is crash-safe (`pg_class.relpersistence`).
    public var isUnlogged: Bool
    /// Storage parameters by name, for example `fillfactor: 70`; those of the TOAST table are
    /// prefixed with `toast.`.
    public var options: [String: String]
    /// By what its rows are parted among its partitions: `RANGE (at)`, as the server prints it;
    /// nil for a table that holds its rows itself.
    public var partitionKey: VerbatimSQL?
    /// Where it has columns from; nil for a table that stands by itself.
    public var origin: Origin?
    /// The access method, if it is not `heap`.
    public var accessMethod: String?
    /// The tablespace, if it is not the database's.
    public var tablespace: String?

    /// Makes the definition.
    public init(
        isUnlogged: Bool = false, options: [String: String] = [:],
        partitionKey: VerbatimSQL? = nil, origin: Origin? = nil, accessMethod: String? = nil,
        tablespace: String? = nil
    ) {
        self.isUnlogged = isUnlogged
        self.options = options
        self.partitionKey = partitionKey
        self.origin = origin
        self.accessMethod = accessMethod
        self.tablespace = tablespace
    }

    /// The tables above it, in order; `schema` is its own.
    func parents(in schema: String) -> [ObjectID] {
        switch origin {
        case .partition(let parent, _)?: [.table(parent.schema ?? schema, parent.name)]
        case .inheritance(let parents)?: parents.map { .table($0.schema ?? schema, $0.name) }
        case .type?, nil: []
        }
    }
}

extension PostgreSQLObject {
    /// The tables above it, if it is a table.
    var parentTables: [ObjectID] {
        guard case .table(let table) = definition else { return [] }
        return table.parents(in: id.path[0])
    }

    /// Whether its rows are parted among partitions.
    var isPartitioned: Bool {
        if case .table(let table) = definition { return table.partitionKey != nil }
        return false
    }
}

extension TableDefinition {
    /// Whether it holds the rows of another table that its bound takes.
    var isPartition: Bool {
        if case .partition? = origin { return true }
        return false
    }
}
