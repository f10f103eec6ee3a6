public import SchemaCore

/// What happens to the managed rows of one table that is there afterwards.
public struct RowChanges<Object: CatalogObject, Row: Sendable>: Sendable {
    /// A row as an object and as what it is.
    public typealias Entry = (object: Object, row: Row)

    /// Rows that come.
    public var created: [Entry]
    /// Rows that go.
    public var dropped: [Entry]
    /// Rows that get other values.
    public var altered: [(old: Entry, new: Entry)]

    /// Makes the value.
    public init(
        created: [Entry] = [], dropped: [Entry] = [], altered: [(old: Entry, new: Entry)] = []
    ) {
        self.created = created
        self.dropped = dropped
        self.altered = altered
    }

    /// The changes of rows by their tables. The rows of a table that goes go with it.
    ///
    /// - Parameter row: the table of a row and what it is; nil for what is none.
    public static func byTable(
        _ changes: some Sequence<Change<Object>>, desired: Catalog<Object>,
        row: (Object) -> (table: ObjectID, row: Row)?
    ) -> [ObjectID: RowChanges] {
        var out: [ObjectID: RowChanges] = [:]
        func add(_ object: Object, _ body: (inout RowChanges, Entry) -> Void) {
            guard let found = row(object), desired[found.table] != nil else { return }
            body(&out[found.table, default: .init()], (object, found.row))
        }
        for change in changes.sorted(by: { $0.id < $1.id }) {
            switch change {
            case .create(let object): add(object) { $0.created.append($1) }
            case .drop(let object): add(object) { $0.dropped.append($1) }
            case .alter(let old, let new):
                guard let before = row(old) else { continue }
                add(new) { $0.altered.append(((old, before.row), $1)) }
            }
        }
        return out
    }
}
