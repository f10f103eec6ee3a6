import Manifest
import SchemaCore

/// What all manifests together declare, as far as the checks across documents need it.
struct ManifestFacts {
    /// The declared objects by address; of several at one address the first.
    let objects: [ObjectID: PostgreSQLObject]
    /// The names of the columns of each table, in order.
    let columns: [ObjectID: [String]]
    /// The columns of each table that are unique together: keys and whole unique indexes.
    let keys: [ObjectID: Set<Set<String>>]
    /// The columns of the primary key of each table.
    let primaryKeys: [ObjectID: [String]]
    /// The schemas of which the manifests declare tables.
    let schemas: Set<String>
    /// Tables whose manifests are broken: nothing is known of them.
    let broken: Set<ObjectID>
    /// Whether a manifest is so broken that it could declare anything.
    let hasUnknown: Bool

    init(_ all: [PostgreSQLObject], broken documents: [ManifestDocument], defaultSchema: String?) {
        objects = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var columns: [ObjectID: [String]] = [:]
        var keys: [ObjectID: Set<Set<String>>] = [:]
        var primaryKeys: [ObjectID: [String]] = [:]
        for object in all {
            let path = object.id.path
            switch object.definition {
            case .table: columns[object.id, default: []] += []
            case .column:
                columns[.table(path[0], path[1]), default: []].append(object.id.name)
            case .constraint(let constraint):
                guard !constraint.isDeferrable else { continue }
                let table = ObjectID.table(path[0], path[1])
                switch constraint.rule {
                case .primaryKey(let key):
                    primaryKeys[table] = key.columns
                    keys[table, default: []].insert(Set(key.columns))
                case .unique(let key): keys[table, default: []].insert(Set(key.columns))
                case .check, .foreignKey, .exclusion: break
                }
            case .index(let index):
                if let unique = index.uniqueColumns {
                    keys[.table(path[0], index.table), default: []].insert(unique)
                }
            case .schema, .extension, .columnDefault, .enum, .sequence, .view, .function, .comment:
                break
            }
        }
        var broken: Set<ObjectID> = []
        var hasUnknown = false
        for document in documents where document.kind.value == "Table" {
            let schema = document.node["schema"]?.text ?? defaultSchema
            if let schema, let name = document.node["name"]?.text {
                broken.insert(.table(schema, name))
            } else {
                hasUnknown = true
            }
        }
        self.columns = columns
        self.keys = keys
        self.primaryKeys = primaryKeys
        schemas = Set(columns.keys.map { $0.path[0] })
        self.broken = broken
        self.hasUnknown = hasUnknown
    }

    /// The tables that a schema declares.
    func tables(in schema: String) -> [String] {
        columns.keys.filter { $0.path[0] == schema }.map(\.name).sorted()
    }
}

extension IndexDefinition {
    /// The columns that it makes unique together; nil if it does not, or only for some rows.
    fileprivate var uniqueColumns: Set<String>? {
        guard isUnique, predicate == nil else { return nil }
        var columns: Set<String> = []
        for key in keys {
            guard case .column(let name) = key.element else { return nil }
            columns.insert(name)
        }
        return columns
    }
}
