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
        if let subject = id.subject { return apply(rename, to: subject).facet(id.kind) }
        if id == rename.from { return rename.to }
        if rename.from.kind == .attribute {
            // What is said of an attribute is said of a column of the type.
            return id.kind == .column && id.path == rename.from.path
                ? ObjectID(.column, rename.to.path) : id
        }
        if rename.from.kind == .schema, id.kind == .defaultPrivileges {
            return DefaultPrivilegesDefinition.schema(of: id) == rename.from.name
                ? ObjectID(id.kind, id.path.dropLast() + [rename.to.name]) : id
        }
        let from = rename.from.path
        guard carries(rename.from.kind, id.kind),
            id.path.count > from.count || facets.contains(id.kind),
            id.path.starts(with: from)
        else { return id }
        return ObjectID(id.kind, rename.to.path + id.path.dropFirst(from.count))
    }

    /// What has the path of what it belongs to.
    private static let facets: Set<ObjectKind> = [
        .columnDefault, .columnSettings, .derivedColumn, .rowSecurity, .replicaIdentity,
        .clustering, .keyIndex,
    ]

    /// Whether the path of the second kind begins with that of the first.
    private static func carries(_ parent: ObjectKind, _ child: ObjectKind) -> Bool {
        switch parent {
        case .schema: KindWords.all[child]?.isInSchema != false
        case .table:
            [
                .column, .columnDefault, .columnSettings, .derivedColumn, .constraint, .keyIndex,
                .trigger,
                .policy, .rule, .rowSecurity, .replicaIdentity, .clustering, .part, .foreignKeyPart,
            ].contains(child)
        case .constraint: child == .keyIndex
        case .view: [.column, .derivedColumn, .trigger, .rule].contains(child)
        case .materializedView: [.column, .columnSettings, .clustering].contains(child)
        case .compositeType: child == .column || child == .attribute
        case .domain: child == .domainConstraint
        case .column: [.columnDefault, .columnSettings, .derivedColumn].contains(child)
        case .enum: child == .enumLabel
        case .foreignTable: child == .column || child == .trigger
        case ClauseDefinition.Sort.foreignServer.kind:
            child == ClauseDefinition.Sort.userMapping.kind
        default: false
        }
    }
}

extension TableDefinition {
    /// Where it has its columns from, under the names after the renames.
    func renamed(in schema: String, _ map: AddressMap) -> Origin? {
        func name(_ parent: QualifiedName) -> QualifiedName {
            let id = map.settled(.table(parent.schema ?? schema, parent.name))
            return QualifiedName(schema: id.path[0], name: id.name)
        }
        return switch origin {
        case .partition(let parent, let bound)?: .partition(of: name(parent), bound: bound)
        case .inheritance(let parents)?: .inheritance(parents.map(name))
        case .type?, nil: origin
        }
    }
}
