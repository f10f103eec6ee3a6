// Owns what an object of a SQLite database is. Invariant: an address folds the case of ASCII
// letters, as SQLite compares names, and the definition holds the name as it is spelled; so names
// that differ only in case are one object that differs, neither two objects nor none.

public import SchemaCore

/// One object of a SQLite database.
///
/// Its definition is what `==` and the digest compare. Dependencies follow from the definition, so
/// they take no part; nor does the position.
public struct SQLiteObject: CatalogObject {
    /// Its address; all names in it are folded.
    public let id: ObjectID
    /// What it is.
    public let definition: Definition
    /// What it cannot be without; parents included.
    public var dependencies: Set<ObjectID>
    /// The place among its siblings: a column's or constraint's number. No difference, but what
    /// `CREATE` and `import` go by.
    public var position: Int
    /// Where a manifest declares it; nil for what a database told.
    public var span: SourceSpan?
    /// Whether no manifest could give it as it stands there. No difference, but it is not dropped
    /// for want of one.
    public var isBeyondManifests = false
    /// What it does to rows, if it is a trigger. It follows from the definition.
    public var writes: Set<RowWrite> = []
    /// The definition's digest, taken when it was made.
    public let digest: Digest

    /// Makes an object.
    public init(
        _ id: ObjectID, _ definition: Definition, dependencies: Set<ObjectID> = [],
        position: Int = 0, span: SourceSpan? = nil
    ) {
        self.id = id
        self.definition = definition
        self.dependencies = dependencies
        self.position = position
        self.span = span
        do {
            digest = try CanonicalBytes.digest(definition)
        } catch {
            preconditionFailure("a definition could not be encoded: \(error)")
        }
    }

    /// What an object is, by kind: the list of what Lockstep models on SQLite.
    public indirect enum Definition: Hashable, Codable, Sendable {
        case table(TableDefinition)
        case column(ColumnDefinition)
        case constraint(ConstraintDefinition)
        case index(IndexDefinition)
        case view(ViewDefinition)
        case trigger(TriggerDefinition)
        case data(DataDefinition)
        case statement(StatementDefinition)
    }

    /// What it belongs to and vanishes with.
    public var parent: ObjectID? {
        switch definition {
        case .table, .view, .statement: nil
        case .column, .constraint: .table(id.path[0])
        case .index(let index): .table(index.table)
        case .trigger(let trigger): trigger.target
        case .data: .table(id.path[0])
        }
    }

    /// Compares address and definition.
    public static func == (lhs: SQLiteObject, rhs: SQLiteObject) -> Bool {
        lhs.id == rhs.id && lhs.digest == rhs.digest
    }

    /// Hashes address and definition.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(digest)
    }

    private enum CodingKeys: CodingKey {
        case id, definition, dependencies, position, isBeyondManifests, writes
    }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(ObjectID.self, forKey: .id),
            try container.decode(Definition.self, forKey: .definition),
            dependencies: Set(try container.decode([ObjectID].self, forKey: .dependencies)),
            position: try container.decode(Int.self, forKey: .position))
        isBeyondManifests = try container.decode(Bool.self, forKey: .isBeyondManifests)
        writes = Set(try container.decode([RowWrite].self, forKey: .writes))
    }

    /// Coded with dependencies in order, so that equal catalogs have equal bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(definition, forKey: .definition)
        try container.encode(dependencies.sorted(), forKey: .dependencies)
        try container.encode(position, forKey: .position)
        try container.encode(isBeyondManifests, forKey: .isBeyondManifests)
        try container.encode(writes.sorted { $0.order < $1.order }, forKey: .writes)
    }
}

extension ObjectKind {
    static let table = ObjectKind(rawValue: "table")
    static let column = ObjectKind(rawValue: "column")
    static let constraint = ObjectKind(rawValue: "constraint")
    static let index = ObjectKind(rawValue: "index")
    static let view = ObjectKind(rawValue: "view")
    static let trigger = ObjectKind(rawValue: "trigger")
    static let data = ObjectKind(rawValue: "data")
    static let statement = ObjectKind(rawValue: "statement")
}

extension ObjectID {
    /// Whether it is written within the statement that makes its table.
    var isPartOfTable: Bool { kind == .column || kind == .constraint }
}

// Every address is made here, so that every name in one is folded.
extension ObjectID {
    static func table(_ name: String) -> ObjectID { ObjectID(.table, name.asciiFolded) }
    static func column(_ table: String, _ name: String) -> ObjectID {
        ObjectID(.column, table.asciiFolded, name.asciiFolded)
    }
    /// A constraint by its name, or by what stands in for it: `ConstraintDefinition.address`.
    static func constraint(_ table: String, _ name: String) -> ObjectID {
        ObjectID(.constraint, table.asciiFolded, name)
    }
    static func index(_ name: String) -> ObjectID { ObjectID(.index, name.asciiFolded) }
    static func view(_ name: String) -> ObjectID { ObjectID(.view, name.asciiFolded) }
    static func trigger(_ name: String) -> ObjectID { ObjectID(.trigger, name.asciiFolded) }
    /// What has no kind, as its file spells it.
    static func virtualTable(_ name: String) -> ObjectID {
        ObjectID(ObjectKind(rawValue: "virtualTable"), name)
    }
    static func statement(_ name: String) -> ObjectID { ObjectID(.statement, name.asciiFolded) }
}

extension String {
    /// With ASCII letters in lower case: two names are one for SQLite if these are equal
    /// (`sqlite3StrICmp`).
    var asciiFolded: String {
        guard utf8.contains(where: { $0 >= 0x41 && $0 <= 0x5a }) else { return self }
        return String(
            decoding: utf8.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
    /// With ASCII letters in upper case.
    var asciiUppercased: String {
        guard utf8.contains(where: { $0 >= 0x61 && $0 <= 0x7a }) else { return self }
        return String(
            decoding: utf8.map { $0 >= 0x61 && $0 <= 0x7a ? $0 & 0xdf : $0 }, as: UTF8.self)
    }
}
