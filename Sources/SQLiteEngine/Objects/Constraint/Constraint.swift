internal import SchemaCore

/// A constraint of a table, written at a column or behind the columns: the same to SQLite.
///
/// The index of a key is part of it.
public struct ConstraintDefinition: Hashable, Codable, Sendable {
    /// The name, if it has one; SQLite never asks that names be unique.
    public var name: String?
    /// What it asks for.
    public var rule: Rule

    /// Makes the definition.
    public init(name: String? = nil, rule: Rule) {
        self.name = name
        self.rule = rule
    }

    /// What a constraint asks for, by its sort.
    public enum Rule: Hashable, Codable, Sendable {
        case primaryKey(PrimaryKey)
        case unique(Unique)
        case check(Check)
        case foreignKey(ForeignKey)
    }

    /// A column of a key.
    public struct KeyColumn: Hashable, Codable, Sendable {
        /// The column, spelled as it is declared.
        public var name: String
        /// The collation in upper case, if it is not the column's own.
        public var collation: String?
        /// `DESC`.
        public var isDescending: Bool

        /// Makes the definition.
        public init(_ name: String, collation: String? = nil, isDescending: Bool = false) {
            self.name = name
            self.collation = collation
            self.isDescending = isDescending
        }
    }

    /// A primary key.
    ///
    /// One column of type INTEGER, in a table with rowids, is the rowid itself, and has no order.
    /// Only if that is written at the column with `DESC` it is an ordinary column with an index
    /// (<https://sqlite.org/lang_createtable.html#rowid>, the quirk at the end); so here
    /// `isDescending` tells the two apart, and a `DESC` that SQLite ignores is not kept.
    public struct PrimaryKey: Hashable, Codable, Sendable {
        /// The columns in order.
        public var columns: [KeyColumn]
        /// What happens to a row that breaks it.
        public var conflict: ConflictClause
        /// `AUTOINCREMENT`.
        public var isAutoincrement: Bool

        /// Makes the definition.
        public init(
            columns: [KeyColumn], conflict: ConflictClause = .abort, isAutoincrement: Bool = false
        ) {
            self.columns = columns
            self.conflict = conflict
            self.isAutoincrement = isAutoincrement
        }
    }

    /// A unique constraint.
    public struct Unique: Hashable, Codable, Sendable {
        /// The columns in order.
        public var columns: [KeyColumn]
        /// What happens to a row that breaks it.
        public var conflict: ConflictClause

        /// Makes the definition.
        public init(columns: [KeyColumn], conflict: ConflictClause = .abort) {
            self.columns = columns
            self.conflict = conflict
        }
    }

    /// A check. (SQLite reads a conflict clause of one, and takes no notice of it.)
    public struct Check: Hashable, Codable, Sendable {
        /// The condition, without the outer parentheses.
        public var expression: ComparableSQL

        /// Makes the definition.
        public init(expression: ComparableSQL) { self.expression = expression }
    }

    /// A foreign key.
    public struct ForeignKey: Hashable, Codable, Sendable {
        /// What happens to referencing rows.
        public enum Action: String, Codable, Sendable, CaseIterable {
            case noAction, restrict, cascade, setNull, setDefault
        }

        /// The referencing columns, spelled as they are declared.
        public var columns: [String]
        /// The referenced table, spelled as it is declared. It need not be there; then its name and
        /// those of its columns are folded.
        public var table: String
        /// The referenced columns; empty for the primary key, whatever that is.
        public var referencedColumns: [String]
        /// What follows `MATCH`, in upper case. SQLite reads it and takes no notice of it.
        public var match: String?
        /// `ON UPDATE`.
        public var onUpdate: Action
        /// `ON DELETE`.
        public var onDelete: Action
        /// Whether it is looked at only when a transaction ends. Of all spellings that is only
        /// `DEFERRABLE INITIALLY DEFERRED` (<https://sqlite.org/foreignkeys.html>, section 4.2).
        public var isDeferred: Bool

        /// Makes the definition.
        public init(
            columns: [String], table: String, referencedColumns: [String] = [],
            match: String? = nil, onUpdate: Action = .noAction, onDelete: Action = .noAction,
            isDeferred: Bool = false
        ) {
            self.columns = columns
            self.table = table
            self.referencedColumns = referencedColumns
            self.match = match
            self.onUpdate = onUpdate
            self.onDelete = onDelete
            self.isDeferred = isDeferred
        }
    }
}

extension ConstraintDefinition {
    /// The last name of its address: its own, or what it is. Other constraints have no influence,
    /// so that the address stays when they come and go.
    var address: String {
        if let name { return name.asciiFolded }
        switch rule {
        case .primaryKey: return "primary key"
        case .unique(let unique): return "unique (\(Self.list(unique.columns.map(\.name))))"
        case .check(let check):
            return "check (\(Self.shortened(check.expression.canonical)))"
        case .foreignKey(let key):
            return "foreign key (\(Self.list(key.columns))) references \(key.table.asciiFolded)"
        }
    }

    /// The addresses of the constraints of one table, in order: what would be the same address is
    /// numbered, which only equals and namesakes are.
    static func ids(_ constraints: [ConstraintDefinition], of table: String) -> [ObjectID] {
        var taken: Set<String> = []
        return constraints.map { constraint in
            let base = constraint.address
            var name = base
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(base) \(number)"
                number += 1
            }
            return .constraint(table, name)
        }
    }

    private static func list(_ names: [String]) -> String {
        names.map(\.asciiFolded).joined(separator: ", ")
    }

    /// An address is read by people, so a long condition is cut and told apart by its sum.
    private static func shortened(_ text: String) -> String {
        guard text.unicodeScalars.count > 60 else { return text }
        let start = String(text.unicodeScalars.prefix(40))
        return "\(start)… \(Digest(of: text).short)"
    }
}
