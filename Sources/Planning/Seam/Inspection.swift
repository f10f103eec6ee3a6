public import SchemaCore

/// What was read of a database in one snapshot.
public struct Inspection<Object: CatalogObject>: Sendable {
    /// The modelled objects in scope.
    public var catalog: Catalog<Object>
    /// Objects in scope, and their properties, that Lockstep does not model.
    public var unmodelled: [Unmodelled]

    /// Makes the value.
    public init(catalog: Catalog<Object>, unmodelled: [Unmodelled]) {
        self.catalog = catalog
        self.unmodelled = unmodelled
    }
}
