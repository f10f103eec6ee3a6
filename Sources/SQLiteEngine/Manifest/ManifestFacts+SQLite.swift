internal import Manifest
internal import Planning
internal import SchemaCore

extension ManifestFacts {
    /// What SQLite's manifests, or a catalog, declare together.
    init(_ all: some Sequence<SQLiteObject>, broken documents: [ManifestDocument] = []) {
        self.init { $0.asciiFolded }
        // An index may stand before its table.
        for object in all where object.id.kind != .index { add(object) }
        for object in all where object.id.kind == .index { add(object) }
        for document in documents {
            let make: (String) -> ObjectID
            switch document.kind.value {
            case "Table": make = ObjectID.table
            case "View": make = ObjectID.view
            case _: continue
            }
            if let name = document.node["name"]?.text {
                broken.insert(make(name))
            } else {
                hasUnknown = true
            }
        }
    }

    private mutating func add(_ object: SQLiteObject) {
        switch object.definition {
        case .table: relations[object.id, default: Relation()].columns? += []
        case .view(let view):
            relations[object.id] = Relation(columns: view.columns.isEmpty ? nil : view.columns)
        case .column(let column):
            relations[.table(object.id.path[0]), default: Relation()].columns?.append(column.name)
        case .constraint(let constraint):
            let table = ObjectID.table(object.id.path[0])
            switch constraint.rule {
            case .primaryKey(let key):
                let names = key.columns.map(\.name)
                relations[table, default: Relation()].primaryKey = names
                addKey(names, of: table)
            case .unique(let key): addKey(key.columns.map(\.name), of: table)
            case .check, .foreignKey: break
            }
        case .index(let index):
            if index.isUnique, index.predicate == nil {
                addKey(index.keys.map(\.column), of: .table(index.table))
            }
        case .trigger, .data, .statement: break
        }
    }
}

extension IndexDefinition.Key {
    /// The column, if it is one.
    fileprivate var column: String? {
        switch element {
        case .column(let name): name
        case .expression: nil
        }
    }
}
