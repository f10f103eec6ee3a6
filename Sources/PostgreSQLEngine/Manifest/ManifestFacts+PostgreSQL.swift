import Manifest
import Planning
import SchemaCore

extension ManifestFacts {
    /// What PostgreSQL's manifests declare together.
    init(
        _ all: [PostgreSQLObject], broken documents: [ManifestDocument], defaultSchema: String?
    ) {
        self.init()
        // An index may stand before its table.
        for object in all where object.id.kind != .index { add(object) }
        for object in all where object.id.kind == .index { add(object) }
        for document in documents where document.kind.value == "Table" {
            let schema = document.node["schema"]?.text ?? defaultSchema
            if let schema, let name = document.node["name"]?.text {
                broken.insert(.table(schema, name))
            } else {
                hasUnknown = true
            }
        }
    }

    private mutating func add(_ object: PostgreSQLObject) {
        let path = object.id.path
        switch object.definition {
        case .table(let table):
            // What it has from elsewhere only a server can tell.
            if table.origin == nil {
                relations[object.id, default: Relation()].columns? += []
            } else {
                relations[object.id, default: Relation()].columns = nil
            }
        case .column:
            relations[.table(path[0], path[1]), default: Relation()].columns?
                .append(object.id.name)
        case .constraint(let constraint):
            guard !constraint.isDeferrable else { return }
            let table = ObjectID.table(path[0], path[1])
            switch constraint.rule {
            case .primaryKey(let key):
                relations[table, default: Relation()].primaryKey = key.columns
                addKey(key.columns, of: table)
            case .unique(let key): addKey(key.columns, of: table)
            case .check, .foreignKey, .exclusion: break
            }
        case .index(let index):
            if index.isUnique, index.predicate == nil, index.relation == .table {
                addKey(index.keys.map(\.column), of: .table(path[0], index.table))
            }
        case .schema, .extension, .columnDefault, .enum, .sequence, .view, .function, .comment,
            .plain:
            break
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
