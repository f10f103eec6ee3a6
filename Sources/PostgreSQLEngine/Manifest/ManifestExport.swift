// Owns which files `import` writes: one for each table with all of its children, and one for each
// other object. What a file holds is each kind's own.

public import Planning
public import SchemaCore

import Manifest

extension PostgreSQLManifests {
    /// Writes manifests for a canonical catalog as a person would have written them: short forms,
    /// nothing that the server would choose by itself, in a stable order.
    ///
    /// - Parameter schemaReference: where editors find the JSON Schema, by URL or path; it
    ///   becomes the first line of every file.
    public static func manifests(
        for catalog: Catalog<PostgreSQLObject>, schemaReference: String? = nil
    ) -> [ExportedManifest] {
        let source = ExportSource(catalog)
        var files = ExportFiles()
        for object in catalog.sorted {
            guard let value = source.document(for: object) else { continue }
            files.add(value, to: folder(of: object.id), name: fileName(of: object.id))
        }
        return files.manifests(schemaReference: schemaReference)
    }

    /// What has no place in a manifest as it is. An index that is not valid serves no query, and a
    /// manifest would ask for one that is.
    static func leftOut(of catalog: Catalog<PostgreSQLObject>) -> [Diagnostic] {
        catalog.sorted.filter(\.isBrokenIndex).map { index in
            if catalog.lacksParts(index) {
                return .warning(
                    "incomplete-index",
                    "\(index.id) is not on all partitions; the manifest asks for it on all of them",
                    help: "the next plan builds it; take it out of the manifest, and the next plan "
                        + "drops it with the parts that it has")
            }
            return .warning(
                "invalid-index",
                "\(index.id) is not valid, as a failed concurrent build leaves it; it is left out",
                help: "the next plan drops it; declare it with its table to have it built again")
        }
    }

    private static func folder(of id: ObjectID) -> [String] {
        if id.kind == .schema { return [id.name] }
        guard let words = id.words, let folder = words.folder else {
            preconditionFailure("\(id) has no manifest of its own")
        }
        return words.isInSchema ? [id.path[0], folder] : [folder]
    }

    /// Overloads share a file.
    private static func fileName(of id: ObjectID) -> String {
        switch id.kind {
        case .schema: "schema"
        case .defaultPrivileges:
            ([id.path[0]] + id.path.dropFirst(2)).joined(separator: "-")
        default: id.words?.reference == .path ? id.name : id.path[1]
        }
    }
}

/// A catalog as exporting asks it.
struct ExportSource {
    let catalog: Catalog<PostgreSQLObject>
    /// The columns, constraints and indexes of each table, in order.
    let children: [ObjectID: [PostgreSQLObject]]
    /// The sequences that `serial` columns bring, by column.
    let serials: [ObjectID: PostgreSQLObject]
    /// The columns that a table has from elsewhere and says something of.
    let derived: [ObjectID: Set<ObjectID>]
    /// The schemas that objects name.
    private let namedSchemas: Set<String>

    init(_ catalog: Catalog<PostgreSQLObject>) {
        self.catalog = catalog
        var children: [ObjectID: [PostgreSQLObject]] = [:]
        var serials: [ObjectID: PostgreSQLObject] = [:]
        var schemas: Set<String> = []
        var derived: [ObjectID: Set<ObjectID>] = [:]
        for object in catalog.sorted {
            let named = object.id.subject ?? object.id
            if named.path.count == 3, catalog[ObjectID(.column, named.path)] == nil,
                [.derivedColumn, .columnSettings, .column].contains(named.kind)
            {
                derived[.table(named.path[0], named.path[1]), default: []].insert(
                    ObjectID(.column, named.path))
            }
            for name in object.notNullNames.keys {
                derived[object.id, default: []].insert(ObjectID(.column, object.id.path + [name]))
            }
            switch object.definition {
            case .column, .constraint, .index:
                if object.isBrokenIndex, !catalog.lacksParts(object) { continue }
                if let parent = object.parent { children[parent, default: []].append(object) }
            case .sequence(let sequence):
                schemas.insert(object.id.path[0])
                if let column = sequence.ownedBy, Self.isSerial(object, column, in: catalog) {
                    serials[column] = object
                }
            case .table, .enum, .view, .function: schemas.insert(object.id.path[0])
            case .extension(let definition): schemas.insert(definition.schema)
            case .plain:
                if object.id.words?.isInSchema == true { schemas.insert(object.id.path[0]) }
                if object.id.words?.folder == nil, let parent = object.parent {
                    children[parent, default: []].append(object)
                }
            case .schema, .columnDefault, .comment: break
            }
        }
        // By position where there is one; else by address, as they came.
        self.children = children.mapValues { list in
            list.enumerated().sorted {
                ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
            }.map(\.element)
        }
        self.serials = serials
        self.derived = derived
        namedSchemas = schemas
    }

    /// The manifest of an object; nil for what stands in another one's.
    func document(for object: PostgreSQLObject) -> YAMLValue? {
        switch object.definition {
        case .schema:
            let isImplicit =
                comment(on: object.id) == nil && !hasAccess(object.id)
                && namedSchemas.contains(object.id.name)
            return isImplicit ? nil : schemaDocument(object)
        case .extension(let definition): return definition.document(object.id, self)
        case .table(let definition): return definition.document(object.id, self)
        case .enum(let definition): return definition.document(object.id, self)
        case .sequence(let definition):
            let isSerial = definition.ownedBy.map { serials[$0]?.id == object.id } ?? false
            return isSerial ? nil : definition.document(object.id, self)
        case .view(let definition): return definition.document(object.id, self)
        case .function(let definition): return definition.document(object.id, self)
        case .plain(let plain): return plain.kind.document(object.id, self)
        case .column, .columnDefault, .constraint, .index, .comment: return nil
        }
    }

    /// Adds what plain kinds have below an object, each under its field.
    func addEntries(of id: ObjectID, to fields: inout ExportFields) {
        var lists: [String: [(String, YAMLValue)]] = [:]
        for child in children[id] ?? [] {
            guard case .plain(let plain) = child.definition,
                let (field, value) = plain.kind.entry(child.id, self)
            else { continue }
            lists[field, default: []].append((child.id.name, value))
        }
        for (field, entries) in lists.sorted(by: { $0.key < $1.key }) {
            fields.add(field, .mapping(entries))
        }
    }

    /// Whether a column that is both the table's own and its parent's has a default there.
    func hasDefaultAbove(_ column: ObjectID) -> Bool {
        var queue = catalog[.table(column.path[0], column.path[1])]?.parentTables ?? []
        while let table = queue.popLast() {
            let path = [table.path[0], table.path[1], column.name]
            if catalog[ObjectID(.columnDefault, path)] != nil { return true }
            queue += catalog[table]?.parentTables ?? []
        }
        return false
    }

    /// Whether something that an object cannot be without cannot be without it.
    func isInCircle(_ id: ObjectID) -> Bool {
        var seen: Set<ObjectID> = []
        var queue = Array(catalog[id]?.dependencies ?? [])
        while let need = queue.popLast() {
            if need == id { return true }
            if seen.insert(need).inserted { queue += catalog[need]?.dependencies ?? [] }
        }
        return false
    }

    /// The comment on an object.
    func comment(on id: ObjectID) -> String? {
        guard case .comment(let comment) = catalog[id.comment]?.definition else { return nil }
        return comment.text
    }
}

extension ExportFields {
    /// Adds a name that the search path may not find, if there is one.
    mutating func add(_ key: String, name: QualifiedName?) {
        if let name { add(key, name.exported) }
    }
}

extension QualifiedName {
    /// The bare name for what the server always finds, with its schema otherwise.
    var exported: YAMLValue {
        guard let schema, schema != "pg_catalog" else { return .text(name) }
        return .flowMapping([("schema", .text(schema)), ("name", .text(name))])
    }
}
