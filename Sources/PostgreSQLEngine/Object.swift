public import SchemaCore

/// One object of a PostgreSQL database.
///
/// Its definition is what `==` and the digest compare. Dependencies follow from the definition
/// (the server's `pg_depend`), so they take no part.
public struct PostgreSQLObject: CatalogObject {
    /// Its address.
    public let id: ObjectID
    /// What it is.
    public let definition: Definition
    /// What it cannot be without; parents included.
    public var dependencies: Set<ObjectID>
    /// The place in which `CREATE` and `import` put it among its siblings: a column's number.
    /// No difference: PostgreSQL cannot move a column.
    public var position: Int
    /// Where a manifest declares it; nil for what a server told.
    public var span: SourceSpan?
    /// Whether the name in the address only stands in for the one that the server will give:
    /// a constraint or index that a manifest does not name. Never so in a canonical catalog.
    public var isUnnamed: Bool
    /// Whether its manifest says that its language refuses the body, and that it is to be as it is;
    /// for `import`, whether a server's own validator refuses it. No difference.
    public var isBodyUnchecked = false
    /// The name of a column's NOT NULL constraint where it is not the server's first choice; from
    /// 18 on, and only of what a server told. No difference, but a rename has to know it.
    public var notNullName: String?
    /// Whether a column that a table declares as well as a table above has its NOT NULL from there
    /// alone (18). No difference: it is so when the table is made, and nothing changes it back.
    public var inheritsNotNull = false
    /// For a table, what it calls the NOT NULL constraints of columns that it has from elsewhere,
    /// where that is not as usual. No difference: no statement changes it.
    public var notNullNames: [String: String] = [:]
    /// For what belongs to no schema: the schemas of what it stands on, or that stands on it, as a
    /// server told. No difference.
    public var homes: [String] = []
    /// For a view, the tables of whose rows it uses the type, as a server told. No difference.
    var wholeRows: Set<ObjectID> = []
    /// What is known of a partition and makes no difference; only of what a server told.
    var partition: PartitionFacts?
    /// The definition's digest, taken when it was made.
    public let digest: Digest

    /// Makes an object.
    public init(
        _ id: ObjectID, _ definition: Definition, dependencies: Set<ObjectID> = [],
        position: Int = 0, span: SourceSpan? = nil, isUnnamed: Bool = false
    ) {
        self.id = id
        self.definition = definition
        self.dependencies = dependencies
        self.position = position
        self.span = span
        self.isUnnamed = isUnnamed
        do {
            digest = try CanonicalBytes.digest(definition)
        } catch {
            preconditionFailure("a definition could not be encoded: \(error)")
        }
    }

    /// What an object is, by kind: the list of what Lockstep models on PostgreSQL.
    ///
    /// It is indirect so that objects are small and equal columns can share one.
    public indirect enum Definition: Hashable, Codable, Sendable {
        case schema(SchemaDefinition)
        case `extension`(ExtensionDefinition)
        case table(TableDefinition)
        case column(ColumnDefinition)
        case columnDefault(DefaultDefinition)
        case constraint(ConstraintDefinition)
        case index(IndexDefinition)
        case `enum`(EnumDefinition)
        case sequence(SequenceDefinition)
        case view(ViewDefinition)
        case function(FunctionDefinition)
        case comment(CommentDefinition)
        case plain(PlainDefinition)
    }

    /// What it belongs to and vanishes with.
    public var parent: ObjectID? {
        switch definition {
        case .schema, .extension: nil
        case .table, .enum, .view, .function: .schema(id.path[0])
        case .sequence(let sequence): sequence.ownedBy ?? .schema(id.path[0])
        case .column: .table(id.path[0], id.path[1])
        case .columnDefault: .column(id.path[0], id.path[1], id.path[2])
        case .constraint: .table(id.path[0], id.path[1])
        case .index(let index): index.owner(of: id)
        case .comment: id.subject
        case .plain(let plain): plain.kind.parent(of: id)
        }
    }

    /// Compares address and definition.
    public static func == (lhs: PostgreSQLObject, rhs: PostgreSQLObject) -> Bool {
        lhs.id == rhs.id && lhs.digest == rhs.digest
    }

    /// Hashes address and definition.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(digest)
    }

    private enum CodingKeys: CodingKey {
        case id, definition, dependencies, position, notNullName, notNullNames, inheritsNotNull
        case homes, wholeRows, partition
    }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(ObjectID.self, forKey: .id),
            try container.decode(Definition.self, forKey: .definition),
            dependencies: Set(try container.decode([ObjectID].self, forKey: .dependencies)),
            position: try container.decode(Int.self, forKey: .position))
        notNullName = try container.decodeIfPresent(String.self, forKey: .notNullName)
        notNullNames =
            try container.decodeIfPresent([String: String].self, forKey: .notNullNames) ?? [:]
        inheritsNotNull =
            try container.decodeIfPresent(Bool.self, forKey: .inheritsNotNull) ?? false
        homes = try container.decodeIfPresent([String].self, forKey: .homes) ?? []
        wholeRows = Set(
            try container.decodeIfPresent([ObjectID].self, forKey: .wholeRows) ?? [])
        partition = try container.decodeIfPresent(PartitionFacts.self, forKey: .partition)
    }

    /// Coded with dependencies in order, so that equal catalogs have equal bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(definition, forKey: .definition)
        try container.encode(dependencies.sorted(), forKey: .dependencies)
        try container.encode(position, forKey: .position)
        try container.encodeIfPresent(notNullName, forKey: .notNullName)
        if !notNullNames.isEmpty { try container.encode(notNullNames, forKey: .notNullNames) }
        if inheritsNotNull { try container.encode(true, forKey: .inheritsNotNull) }
        if !homes.isEmpty { try container.encode(homes, forKey: .homes) }
        if !wholeRows.isEmpty { try container.encode(wholeRows.sorted(), forKey: .wholeRows) }
        try container.encodeIfPresent(partition, forKey: .partition)
    }
}

extension ObjectKind {
    static let schema = ObjectKind(rawValue: "schema")
    static let `extension` = ObjectKind(rawValue: "extension")
    static let table = ObjectKind(rawValue: "table")
    static let column = ObjectKind(rawValue: "column")
    static let columnDefault = ObjectKind(rawValue: "default")
    static let constraint = ObjectKind(rawValue: "constraint")
    static let index = ObjectKind(rawValue: "index")
    /// The index of a key, which is no object but has a comment of its own; with the key's path.
    static let keyIndex = ObjectKind(rawValue: "keyIndex")
    static let `enum` = ObjectKind(rawValue: "enum")
    static let sequence = ObjectKind(rawValue: "sequence")
    static let view = ObjectKind(rawValue: "view")
    static let materializedView = ObjectKind(rawValue: "materializedView")
    static let function = ObjectKind(rawValue: "function")
    static let enumLabel = ObjectKind(rawValue: "label")
    static let attribute = ObjectKind(rawValue: "attribute")
    static let procedure = ObjectKind(rawValue: "procedure")
    static let trigger = ObjectKind(rawValue: "trigger")
    static let compositeType = ObjectKind(rawValue: "compositeType")
    static let domain = ObjectKind(rawValue: "domain")
    static let domainConstraint = ObjectKind(rawValue: "domainConstraint")
    static let policy = ObjectKind(rawValue: "policy")
    static let rule = ObjectKind(rawValue: "rule")
    static let statistics = ObjectKind(rawValue: "statistics")
    static let rowSecurity = ObjectKind(rawValue: "rowSecurity")
    static let replicaIdentity = ObjectKind(rawValue: "replicaIdentity")
    static let foreignTable = ObjectKind(rawValue: "foreignTable")
    static let publication = ObjectKind(rawValue: "publication")
    static let clustering = ObjectKind(rawValue: "clustering")
    static let derivedColumn = ObjectKind(rawValue: "derivedColumn")
    static let columnSettings = ObjectKind(rawValue: "columnSettings")
    static let defaultPrivileges = ObjectKind(rawValue: "defaultPrivileges")
    static let data = ObjectKind(rawValue: "data")
    static let statement = ObjectKind(rawValue: "statement")
    static let role = ObjectKind(rawValue: "role")
}

extension ObjectKind {
    /// Whether the catalog tells nothing of it: it is read by its name.
    var isAside: Bool { self == .data || self == .statement }
    /// Whether it is a part that a rename names and that is no object of its own.
    var isPartByName: Bool { self == .enumLabel || self == .attribute }
    /// Whether it is a function or procedure.
    var isRoutine: Bool { self == .function || self == .procedure }
}

extension ObjectID {
    /// A procedure with the same names; the two share their names.
    var asProcedure: ObjectID { ObjectID(.procedure, path) }
    static func schema(_ name: String) -> ObjectID { ObjectID(.schema, name) }
    static func `extension`(_ name: String) -> ObjectID { ObjectID(.extension, name) }
    static func table(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.table, schema, name)
    }
    static func column(_ schema: String, _ table: String, _ name: String) -> ObjectID {
        ObjectID(.column, schema, table, name)
    }
    /// The default of a column; its path is the column's.
    static func columnDefault(_ schema: String, _ table: String, _ column: String) -> ObjectID {
        ObjectID(.columnDefault, schema, table, column)
    }
    static func constraint(_ schema: String, _ table: String, _ name: String) -> ObjectID {
        ObjectID(.constraint, schema, table, name)
    }
    static func index(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.index, schema, name)
    }
    static func `enum`(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.enum, schema, name)
    }
    static func sequence(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.sequence, schema, name)
    }
    static func view(_ schema: String, _ name: String) -> ObjectID { ObjectID(.view, schema, name) }
    static func materializedView(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.materializedView, schema, name)
    }
    /// A function, with the types of its input arguments as the server prints them; in a lowered
    /// manifest as they are written. The path is the schema, the name and `(type, type)`.
    static func function(_ schema: String, _ name: String, _ argumentTypes: [String]) -> ObjectID {
        ObjectID(.function, schema, name, "(\(argumentTypes.joined(separator: ", ")))")
    }
    static func trigger(_ schema: String, _ relation: String, _ name: String) -> ObjectID {
        ObjectID(.trigger, schema, relation, name)
    }
    static func policy(_ schema: String, _ table: String, _ name: String) -> ObjectID {
        ObjectID(.policy, schema, table, name)
    }
    static func rule(_ schema: String, _ relation: String, _ name: String) -> ObjectID {
        ObjectID(.rule, schema, relation, name)
    }
    static func statistics(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.statistics, schema, name)
    }
    static func foreignTable(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.foreignTable, schema, name)
    }
    static func statement(_ name: String) -> ObjectID { ObjectID(.statement, name) }
    static func role(_ name: String) -> ObjectID { ObjectID(.role, name) }
    static func publication(_ name: String) -> ObjectID { ObjectID(.publication, name) }
    static func compositeType(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.compositeType, schema, name)
    }
    /// An attribute of a composite type: no object of its own, but what a rename names.
    static func attribute(_ schema: String, _ type: String, _ name: String) -> ObjectID {
        ObjectID(.attribute, schema, type, name)
    }
    static func domain(_ schema: String, _ name: String) -> ObjectID {
        ObjectID(.domain, schema, name)
    }
    static func domainConstraint(_ schema: String, _ domain: String, _ name: String) -> ObjectID {
        ObjectID(.domainConstraint, schema, domain, name)
    }
    /// One label of an enum: no object of its own, but what a rename names.
    static func enumLabel(_ schema: String, _ name: String, _ label: String) -> ObjectID {
        ObjectID(.enumLabel, schema, name, label)
    }
    /// The type that has a label or an attribute; nil for all else.
    var typeOfPart: ObjectID? {
        if kind == .enumLabel { return .enum(path[0], path[1]) }
        return kind == .attribute ? .compositeType(path[0], path[1]) : nil
    }
}
