public import SchemaCore

/// What manifests mean, as the server prints it.
public struct Canonical<Object: CatalogObject>: Sendable {
    /// The desired objects.
    public var catalog: Catalog<Object>
    /// What a person should know of them although it is no error.
    public var warnings: [Diagnostic]

    /// Makes the value.
    public init(_ catalog: Catalog<Object>, warnings: [Diagnostic] = []) {
        self.catalog = catalog
        self.warnings = warnings
    }
}
