// Owns what is known of a catalog while it is read. Invariant: rows are taken in first (`read…`);
// objects are made (`build…`) once all names are known.

import PostgreSQLClient
import Planning
import SchemaCore

/// Turns the rows of the system catalogs into objects.
struct CatalogReader: Sendable {
    /// The schema of Lockstep's own journal, which is never part of a catalog.
    static let journalSchema = "lockstep"

    let scope: Scope
    /// The roles that are read beside the catalog.
    let roles: ScopedRoles
    let version: Int

    /// All schemas of the database by oid.
    var namespaces: [OID: String] = [:]
    var schemasInScope: [OID] = []
    var relations: [Relation] = []
    /// Where in `relations` a table or view is.
    var relationNumbers: [OID: Int] = [:]
    var sequences = SequenceRows()
    var identitySequences: [OID: SequenceRow] = [:]
    var indexes: [IndexRow] = []
    var indexNumbers: [OID: Int] = [:]
    /// By index and number of the key, for those indexes that need it.
    var indexColumns: [OID: [Int: IndexColumn]] = [:]
    var constraints: [ConstraintRow] = []
    /// Which object the index of a key or exclusion constraint is.
    var constraintsOfIndexes: [OID: Int] = [:]
    var arrayTypes: Set<OID> = []
    /// The comments that come with an extension.
    var ownComments: [ObjectID: String] = [:]
    var names = CatalogNames()
    /// The attributes of composite types by their relation and number.
    var attributeNames: [OID: [Int: String]] = [:]

    var objects: [PostgreSQLObject] = []
    /// Owners, rights and parts, which are objects where a manifest states them.
    var stated: [PostgreSQLObject] = []
    /// Partitions' parts of indexes by schema, table and name.
    var partNames: [[String]: ObjectID] = [:]
    /// Which object a row of a system catalog belongs to.
    var slots: [CatalogAddress: Int] = [:]
    var unmodelled: [Unmodelled] = []
    /// What needs something in scope and is out of it.
    var outsiders: [Unmodelled] = []
    /// The names of the columns of tables that others derive from, by table.
    var namedColumns: [OID: [String: Int]] = [:]
    /// What is not modelled as a whole.
    var roots: [AsideRoot] = []

    var digests = DigestCache()
    var columnDefinitions: [ColumnRow.Shape: SharedColumn] = [:]

    init(scope: Scope, roles: ScopedRoles, version: Int) {
        self.scope = scope
        self.roles = roles
        self.version = version
    }

    /// The name of a schema.
    func schema(_ oid: OID) throws(PostgreSQLError) -> String {
        guard let name = namespaces[oid] else {
            throw PostgreSQLError(
                kind: .decoding,
                message: "the catalog names the schema \(oid), which pg_namespace does not have; "
                    + "it changed while it was read: try again")
        }
        return name
    }

    /// Notes something that is not modelled.
    mutating func report(_ object: ObjectID, _ what: String) {
        unmodelled.append(Unmodelled(object: object, what: what))
    }

    /// Adds an object that a row of a system catalog stands for.
    @discardableResult
    mutating func add(
        _ id: ObjectID, _ definition: PostgreSQLObject.Definition,
        at address: (catalog: OID, oid: OID), dependencies: Set<ObjectID> = [],
        digest: Digest? = nil
    ) -> Int {
        slots[CatalogAddress(address.catalog, address.oid)] = objects.count
        append(id, definition, dependencies: dependencies, position: 0, digest: digest)
        return objects.count - 1
    }

    /// Adds an object.
    mutating func append(
        _ id: ObjectID, _ definition: PostgreSQLObject.Definition, dependencies: Set<ObjectID>,
        position: Int, digest: Digest?
    ) {
        if let digest {
            objects.append(
                PostgreSQLObject(
                    id, definition, digest: digest, dependencies: dependencies,
                    position: position))
        } else {
            objects.append(
                PostgreSQLObject(id, definition, dependencies: dependencies, position: position))
        }
    }
}

/// A row of a system catalog by catalog and oid; also a column by table and number.
struct CatalogAddress: Hashable {
    private let value: UInt64

    var catalog: OID { OID(truncatingIfNeeded: value >> 32) }
    init(_ catalog: OID, _ oid: OID) { value = UInt64(catalog) << 32 | UInt64(oid) }

    var oid: OID { OID(truncatingIfNeeded: value) }
}

/// A table or a view while it is read.
struct Relation {
    let oid: OID
    let schema: String
    let name: String
    /// What it is: a table, a view or a materialized view.
    let kind: ObjectKind
    /// Whether its columns are no objects: they follow from a query.
    var isView: Bool { kind != .table }
    let id: ObjectID
    var isUnlogged = false
    var options: [String: String] = [:]
    /// The types of its rows and of arrays of them.
    var rowType: OID = 0
    var rowArrayType: OID = 0
    /// For a view, its query and the rule that holds it.
    var query = ""
    var rule: OID = 0
    /// In the order of their numbers once all are read.
    var columns: [ColumnRow] = []
    var isSorted = true
    /// What all its children depend on: itself and its schema.
    var childDependencies: Set<ObjectID> = []
    /// Where it is in the reader's objects, and where its first column is.
    var tableSlot = 0
    var firstColumnSlot = 0
    /// For a table that has columns from elsewhere, where what each of them is a part of stands.
    var columnSlots: [Int]?
    /// By what its rows are parted, and which of its parent's it takes.
    var partitionKey: String?
    var bound: String?
    /// The tables above it.
    var parents: [OID] = []
    /// The composite type that it is made of.
    var rowOf: QualifiedName?
    /// What it calls the NOT NULL constraints of columns that it has from elsewhere.
    var notNullNames: [String: String] = [:]
    var tablespace: String?
    var accessMethod: String?

    init(oid: OID, schema: String, name: String, kind: ObjectKind) {
        self.oid = oid
        self.schema = schema
        self.name = name
        self.kind = kind
        id = ObjectID(kind, schema, name)
    }

    /// The place of a column among its siblings, by number.
    private func place(_ number: Int) -> Int? {
        // Without dropped columns the place follows from the number.
        if number > 0, number <= columns.count, columns[number - 1].number == number {
            return number - 1
        }
        return columns.firstIndex { $0.number == number }
    }

    /// The column with a number; nil for none, such as a system column or an expression.
    func column(_ number: Int) -> ColumnRow? { place(number).map { columns[$0] } }

    /// Where a table's column is in the reader's objects.
    func slot(ofColumn number: Int) -> Int? {
        place(number).map { columnSlots?[$0] ?? firstColumnSlot + $0 }
    }

    /// Whether it has columns from a parent or a type.
    var isDerived: Bool { !parents.isEmpty || rowOf != nil }

    /// Whether a column is its own, and so an object, not what it has from elsewhere.
    func owns(_ column: ColumnRow) -> Bool {
        if rowOf != nil || bound != nil { return false }
        return parents.isEmpty || column.isLocal
    }

    /// The names of columns by their numbers.
    func names(of numbers: some Sequence<Int>) -> [String] {
        numbers.compactMap { column($0)?.name }
    }
}

/// What a column of an index holds beyond the index itself.
struct IndexColumn {
    let type: OID
    let options: [String: String]
    let statistics: Int?
}

/// The digests of definitions that many objects share.
struct DigestCache {
    private var known: [PostgreSQLObject.Definition: Digest] = [:]

    /// The digest of a definition.
    mutating func digest(of definition: PostgreSQLObject.Definition) -> Digest {
        if let digest = known[definition] { return digest }
        let digest = PostgreSQLObject.digest(of: definition)
        known[definition] = digest
        return digest
    }
}

extension PostgreSQLObject {
    /// An object whose definition's digest is known already.
    init(
        _ id: ObjectID, _ definition: Definition, digest: Digest, dependencies: Set<ObjectID>,
        position: Int
    ) {
        self.id = id
        self.definition = definition
        self.digest = digest
        self.dependencies = dependencies
        self.position = position
        span = nil
        isUnnamed = false
        notNullName = nil
        partition = nil
    }

    /// The digest of a definition.
    static func digest(of definition: Definition) -> Digest {
        do {
            return try CanonicalBytes.digest(definition)
        } catch {
            preconditionFailure("a definition could not be encoded: \(error)")
        }
    }
}
