// Owns what leaves the catalog because it needs something that is not modelled: it could not be
// built from manifests, so it is told and left alone as well. Invariant: what stays in the catalog
// needs nothing that left it.

import Planning
import PostgreSQLClient
import SchemaCore

/// Something that is not modelled as a whole.
struct AsideRoot {
    let object: ObjectID
    let what: String
    let address: CatalogAddress

    /// How those are told of it that need it: `partitioned table app.events`.
    var name: String { "\(what) \(object.dottedPath)" }
}

/// A row of `pg_depend`.
struct DependencyRow {
    let dependant: CatalogAddress
    let dependantColumn: Int
    let reference: CatalogAddress
    let referenceColumn: Int
    /// Whether the server drops the dependant with what it depends on.
    let isAutomatic: Bool
    /// Whether it is but a part of what it depends on.
    let isInternal: Bool

    init(_ row: Row) {
        dependant = CatalogAddress(row.oid(0), row.oid(1))
        dependantColumn = row.number(2)
        reference = CatalogAddress(row.oid(3), row.oid(4))
        referenceColumn = row.number(5)
        isAutomatic = row.character(6) != UInt8(ascii: "n")
        isInternal = row.character(6) == UInt8(ascii: "i")
    }
}

extension CatalogQuery {
    /// What the rows that `$1` (catalogs) and `$2` (oids) name, and all that needs them by
    /// whatever way, depend on. It takes in more than has to be set aside: whole relations for
    /// their columns.
    static let standing = """
        WITH RECURSIVE reached AS (
            SELECT * FROM unnest($1::oid[], $2::oid[]) root (classid, objid)
            UNION
            SELECT next.classid, next.objid FROM reached CROSS JOIN LATERAL (
                SELECT d.classid, d.objid FROM pg_depend d
                WHERE d.refclassid = reached.classid AND d.refobjid = reached.objid
                    AND d.deptype IN ('n', 'a', 'i')
                UNION ALL
                SELECT 'pg_class'::regclass, r.ev_class FROM pg_rewrite r
                WHERE reached.classid = 'pg_rewrite'::regclass AND r.oid = reached.objid
                UNION ALL
                SELECT 'pg_class'::regclass, v.adrelid FROM pg_attrdef v
                WHERE reached.classid = 'pg_attrdef'::regclass AND v.oid = reached.objid
            ) next
        )
        SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.deptype
        FROM reached JOIN pg_depend d ON d.classid = reached.classid AND d.objid = reached.objid
        WHERE d.deptype IN ('n', 'a', 'i')
        """
}

extension CatalogReader {
    /// The parameters of `CatalogQuery.standing`.
    var rootAddresses: [String?] {
        [
            CatalogQuery.array(roots.map(\.address.catalog)),
            CatalogQuery.array(roots.map(\.address.oid)),
        ]
    }

    /// Takes as not modelled what manifests cannot make again: functions that only a superuser
    /// may make, and names that no manifest may have.
    mutating func addUnreproducible() {
        for (address, slot) in slots {
            let object = objects[slot]
            guard let what = Self.unreproducible(object), isItself(address, object) else {
                continue
            }
            roots.append(AsideRoot(object: object.id, what: what, address: address))
        }
        for relation in relations
        where relation.columns.contains(where: { Self.isUnwritable($0.name) })
            && !relation.id.path.contains(where: Self.isUnwritable)
        {
            roots.append(
                AsideRoot(
                    object: relation.id, what: "\(relation.id.kind.words) with \(Self.badName)",
                    address: CatalogAddress(SystemCatalog.relation, relation.oid)))
        }
    }

    /// Whether an address is the object's own row, not that of a type or an index that comes with
    /// it.
    private func isItself(_ address: CatalogAddress, _ object: PostgreSQLObject) -> Bool {
        switch object.definition {
        case .table, .view, .index, .sequence: address.catalog == SystemCatalog.relation
        case .enum: address.catalog == SystemCatalog.type && !arrayTypes.contains(address.oid)
        case .constraint: address.catalog == SystemCatalog.constraint
        case .schema, .function, .extension: true
        case .plain(let plain):
            !plain.kind.isType
                || address.catalog == SystemCatalog.type && !arrayTypes.contains(address.oid)
        case .column, .columnDefault, .comment: false
        }
    }

    private static let badName = "a name that has control characters"

    private static func unreproducible(_ object: PostgreSQLObject) -> String? {
        let word = object.id.kind.words
        if object.id.path.contains(where: isUnwritable) { return "\(word) with \(badName)" }
        guard case .function(let function) = object.definition, !function.isHarmlessToMake else {
            return nil
        }
        return "function in language \(function.language)"
    }

    /// Whether a manifest may not hold the name as it is.
    private static func isUnwritable(_ name: String) -> Bool {
        name.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// Takes out of the catalog what needs something that is not modelled, and gives everything
    /// that is not modelled the objects that it stands on.
    mutating func setAside(_ rows: Rows) {
        let sorted = roots.sorted { ($0.object, $0.what) < ($1.object, $1.what) }
        var walk = AsideWalk(self, rows.map { DependencyRow($0) })
        for root in sorted { walk.add(root) }
        walk.closeOver()
        let excluded = walk.excluded()
        unmodelled += walk.unmodelled(without: excluded)
        if !excluded.isEmpty { objects.removeAll { excluded.contains($0.id) } }
    }
}
