// Owns what is looked up of a catalog for one object after the other. Invariant: looked for once
// for all of them, so that a plan takes as long as there are changes, not changes times objects.

import Planning
import SchemaCore

/// A catalog with what stands on each object of it, found when it is first asked for.
final class CatalogIndex {
    private let catalog: Catalog<PostgreSQLObject>
    private lazy var standing = catalog.dependants()
    private lazy var parts = catalog.childrenByParent()

    init(_ catalog: Catalog<PostgreSQLObject>) { self.catalog = catalog }

    /// What belongs directly to an object, in order.
    func parts(of id: ObjectID) -> [PostgreSQLObject] {
        (parts[id] ?? []).compactMap { catalog[$0] }
    }

    /// What cannot be without an object, in order.
    func standing(on id: ObjectID) -> [PostgreSQLObject] {
        (standing[id] ?? []).sorted().compactMap { catalog[$0] }
            .filter { $0.dependencies.contains(id) }
    }
}
