public import SchemaCore

/// What earlier plans took out of use, as a plan finds it.
public struct Quarantine<Object: CatalogObject>: Sendable {
    /// What is known of it, in the order of the places.
    public var residue: [Residue]
    /// What is there of it, by its places.
    public var catalog: Catalog<Object>
    /// What of it goes back where it was.
    public var returning: [Residue]

    /// Makes the value; without any it is empty.
    public init(
        residue: [Residue] = [], catalog: Catalog<Object> = Catalog(), returning: [Residue] = []
    ) {
        self.residue = residue
        self.catalog = catalog
        self.returning = returning
    }
}
