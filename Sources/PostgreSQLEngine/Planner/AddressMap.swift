import SchemaCore

/// Where objects are after renames: a renamed table takes its columns along, a renamed column its
/// default and comment.
struct AddressMap {
    private let renames: [Rename]

    /// Renames in their order.
    init(_ renames: [Rename]) { self.renames = renames }

    /// The address after all renames.
    func settled(_ id: ObjectID) -> ObjectID { renames.reduce(id) { Self.apply($1, to: $0) } }

    private static func apply(_ rename: Rename, to id: ObjectID) -> ObjectID {
        if let subject = id.subject { return apply(rename, to: subject).comment }
        if id == rename.from { return rename.to }
        let from = rename.from.path
        guard carries(rename.from.kind, id.kind),
            id.path.count > from.count || id.kind == .columnDefault,
            id.path.starts(with: from)
        else { return id }
        return ObjectID(id.kind, rename.to.path + id.path.dropFirst(from.count))
    }

    /// Whether the path of the second kind begins with that of the first.
    private static func carries(_ parent: ObjectKind, _ child: ObjectKind) -> Bool {
        switch parent {
        case .schema: true
        case .table: [.column, .columnDefault, .constraint].contains(child)
        case .view, .materializedView: child == .column
        case .column: child == .columnDefault
        case .enum: child == .enumLabel
        default: false
        }
    }
}
