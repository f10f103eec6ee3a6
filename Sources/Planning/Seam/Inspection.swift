public import SchemaCore

/// What was read of a database in one snapshot.
public struct Inspection<Object: CatalogObject>: Sendable {
    /// The modelled objects in scope.
    public var catalog: Catalog<Object>
    /// What is managed only where a manifest states it (`CatalogObject.statedBy`): owners, rights.
    public var stated: Catalog<Object>
    /// Objects in scope, and their properties, that Lockstep does not model.
    public var unmodelled: [Unmodelled]
    /// What is out of scope and stands on objects in scope: nothing is said of it unless a plan
    /// would fail on it or take it along.
    public var outsiders: [Unmodelled]
    /// What earlier plans took out of use, by its places.
    public var residue: Catalog<Object>

    /// Makes the value.
    public init(
        catalog: Catalog<Object>, unmodelled: [Unmodelled], outsiders: [Unmodelled] = [],
        stated: Catalog<Object> = Catalog(), residue: Catalog<Object> = Catalog()
    ) {
        self.residue = residue
        self.catalog = catalog
        self.stated = stated
        self.unmodelled = unmodelled
        self.outsiders = outsiders
    }

    /// All that was read of objects and of what may be stated of them.
    public var whole: Catalog<Object> {
        if stated.count == 0 { return catalog }
        var whole = catalog
        for object in stated.objects.values { whole.insert(object) }
        return whole
    }
}
