// Owns which files `import` writes: one for each table with all of its children, one for each view
// and for each trigger of one. What a file holds is each kind's own.

internal import Manifest
public import Planning
public import SchemaCore

extension SQLiteManifests {
    /// Writes manifests for a canonical catalog as a person would have written them: short forms,
    /// nothing that SQLite would choose by itself, in a stable order.
    ///
    /// - Parameter schemaReference: where editors find the JSON Schema, by URL or path; it
    ///   becomes the first line of every file.
    public static func manifests(
        for catalog: Catalog<SQLiteObject>, schemaReference: String? = nil
    ) -> [ExportedManifest] {
        files(for: catalog, schemaReference: schemaReference).manifests
    }

    /// The same, with the object of each file by its path.
    static func files(
        for catalog: Catalog<SQLiteObject>, schemaReference: String? = nil
    ) -> (manifests: [ExportedManifest], objects: [String: ObjectID]) {
        let source = ExportSource(catalog)
        var files = ExportFiles()
        var objects: [String: ObjectID] = [:]
        for object in catalog.sorted {
            guard let (folder, name, document) = source.document(for: object) else { continue }
            objects[files.add(document, to: [folder], name: name)] = object.id
        }
        return (files.manifests(schemaReference: schemaReference), objects)
    }
}

/// A catalog as exporting asks it.
struct ExportSource {
    /// The columns, constraints, indexes and triggers of each table, in order.
    let children: [ObjectID: [SQLiteObject]]
    /// What foreign keys can refer to.
    let facts: ManifestFacts

    init(_ catalog: Catalog<SQLiteObject>) {
        var children: [ObjectID: [SQLiteObject]] = [:]
        // By position where there is one; else by address.
        let sorted = catalog.sorted.enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }
        // Only a person knows which rows matter.
        for (_, object) in sorted where object.id.kind != .data {
            if let parent = object.parent { children[parent, default: []].append(object) }
        }
        self.children = children
        facts = ManifestFacts(catalog.sorted)
    }

    /// The manifest of an object with its folder and file; nil for what stands in another one's.
    func document(
        for object: SQLiteObject
    ) -> (folder: String, name: String, document: YAMLValue)? {
        switch object.definition {
        case .table(let table): ("tables", table.name, table.document(object.id, self))
        case .view(let view): ("views", view.name, view.document)
        case .trigger(let trigger):
            trigger.isOnView ? ("triggers", trigger.name, trigger.document) : nil
        case .column, .constraint, .index, .data, .statement: nil
        }
    }
}

extension ExportFields {
    /// Adds a text that SQLite compares, if there is one.
    mutating func add(_ key: String, sql: ComparableSQL?) { add(key, sql: sql?.written) }

    /// Adds a conflict clause that is not the standard.
    mutating func add(_ conflict: ConflictClause) {
        if conflict != .abort { add("onConflict", .text(conflict.rawValue)) }
    }

    /// Adds what is not as usual of a key's order.
    mutating func add(collation: String?, isDescending: Bool) {
        add("collation", text: collation?.asciiFolded)
        if isDescending { add("order", .text(KeyOrder.desc.rawValue)) }
    }
}
