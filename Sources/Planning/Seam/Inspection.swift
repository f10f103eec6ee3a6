public import SchemaCore

/// What was read of a database in one snapshot.
public struct Inspection<Object: CatalogObject>: Sendable {
    /// The modelled objects in scope.
    public var catalog: Catalog<Object>
    /// Objects in scope, and their properties, that Lockstep does not model.
    public var unmodelled: [Unmodelled]
    /// What is out of scope and stands on objects in scope: nothing is said of it unless a plan
    /// would fail on it or take it along.
    public var outsiders: [Unmodelled]

    /// Makes the value.
    public init(
        catalog: Catalog<Object>, unmodelled: [Unmodelled], outsiders: [Unmodelled] = []
    ) {
        self.catalog = catalog
        self.unmodelled = unmodelled
        self.outsiders = outsiders
    }
}
