public import SchemaCore

/// A constraint of a table. The index of a key or exclusion constraint is part of it.
public struct ConstraintDefinition: Hashable, Codable, Sendable {
    /// What it asks for.
    public var rule: Rule
    /// `DEFERRABLE`.
    public var isDeferrable: Bool
    /// `INITIALLY DEFERRED`.
    public var isInitiallyDeferred: Bool

    /// How it is held to, where not as usual (PostgreSQL 18).
    public var enforcement: Enforcement?

    /// Makes the definition.
    public init(
        rule: Rule, isDeferrable: Bool = false, isInitiallyDeferred: Bool = false,
        enforcement: Enforcement? = nil
    ) {
        self.rule = rule
        self.isDeferrable = isDeferrable
        self.isInitiallyDeferred = isInitiallyDeferred
        self.enforcement = enforcement
    }

    /// How a constraint is held to that is not as others are.
    public enum Enforcement: String, Hashable, Codable, Sendable {
        /// `NOT ENFORCED`: it is only written down.
        case notEnforced
    }

    /// What a key or foreign key compares otherwise than others do (PostgreSQL 18).
    public enum Temporal: String, Hashable, Codable, Sendable {
        /// Its last column is a range of which the parts count: `WITHOUT OVERLAPS`, `PERIOD`.
        case period
    }

    /// What a constraint asks for, by its sort.
    public enum Rule: Hashable, Codable, Sendable {
        case primaryKey(Key)
        case unique(Key)
        case check(Check)
        case foreignKey(ForeignKey)
        case exclusion(Exclusion)
    }

    /// A primary key or unique constraint.
    public struct Key: Hashable, Codable, Sendable {
        /// The columns in order.
        public var columns: [String]
        /// Further columns of the index.
        public var include: [String]
        /// Whether NULLs count as equal; never for a primary key.
        public var nullsNotDistinct: Bool
        /// The index's storage parameters.
        public var options: [String: String]
        /// The index's tablespace, if it is not the database's.
        public var tablespace: String?
        /// Whether its last column is a range that must not overlap.
        public var temporal: Temporal?

        /// Makes the definition.
        public init(
            columns: [String], include: [String] = [], nullsNotDistinct: Bool = false,
            options: [String: String] = [:], tablespace: String? = nil, temporal: Temporal? = nil
        ) {
            self.tablespace = tablespace
            self.temporal = temporal
            self.columns = columns
            self.include = include
            self.nullsNotDistinct = nullsNotDistinct
            self.options = options
        }
    }

    /// A check.
    public struct Check: Hashable, Codable, Sendable {
        /// The condition, without the outer parentheses.
        public var expression: VerbatimSQL
        /// `NO INHERIT`.
        public var noInherit: Bool
        /// False for `NOT VALID`.
        public var isValidated: Bool

        /// Makes the definition.
        public init(expression: VerbatimSQL, noInherit: Bool = false, isValidated: Bool = true) {
            self.expression = expression
            self.noInherit = noInherit
            self.isValidated = isValidated
        }
    }

    /// A foreign key.
    public struct ForeignKey: Hashable, Codable, Sendable {
        /// What happens to referencing rows.
        public enum Action: String, Codable, Sendable, CaseIterable {
            case noAction, restrict, cascade, setNull, setDefault
        }
        /// How partial NULLs match.
        public enum Match: String, Codable, Sendable, CaseIterable {
            case simple, full, partial
        }

        /// The referencing columns.
        public var columns: [String]
        /// The referenced table.
        public var table: QualifiedName
        /// The referenced columns; in a lowered manifest empty for the primary key.
        public var referencedColumns: [String]
        /// How partial NULLs match.
        public var match: Match
        /// `ON UPDATE`.
        public var onUpdate: Action
        /// `ON DELETE`.
        public var onDelete: Action
        /// For `ON DELETE SET NULL (…)` and `SET DEFAULT (…)`, the columns set; empty for all.
        public var onDeleteColumns: [String]
        /// False for `NOT VALID`.
        public var isValidated: Bool
        /// Whether its last column is a range that has to be covered.
        public var temporal: Temporal?

        /// Makes the definition.
        public init(
            columns: [String], table: QualifiedName, referencedColumns: [String],
            match: Match = .simple, onUpdate: Action = .noAction, onDelete: Action = .noAction,
            onDeleteColumns: [String] = [], isValidated: Bool = true, temporal: Temporal? = nil
        ) {
            self.temporal = temporal
            self.columns = columns
            self.table = table
            self.referencedColumns = referencedColumns
            self.match = match
            self.onUpdate = onUpdate
            self.onDelete = onDelete
            self.onDeleteColumns = onDeleteColumns
            self.isValidated = isValidated
        }
    }

    /// An exclusion constraint.
    public struct Exclusion: Hashable, Codable, Sendable {
        /// One element with its operator.
        public struct Element: Hashable, Codable, Sendable {
            /// What is compared.
            public var key: IndexDefinition.Key
            /// The operator: as the server prints it, `&&` or `OPERATOR(ext.=)`.
            public var `operator`: VerbatimSQL

            /// Makes the definition.
            public init(key: IndexDefinition.Key, operator: VerbatimSQL) {
                self.key = key
                self.operator = `operator`
            }
        }
        /// The access method, for example `gist`.
        public var method: String
        /// The elements in order.
        public var elements: [Element]
        /// Further columns of the index.
        public var include: [String]
        /// The condition, without the outer parentheses.
        public var predicate: VerbatimSQL?
        /// The index's storage parameters.
        public var options: [String: String]
        /// The index's tablespace, if it is not the database's.
        public var tablespace: String?

        /// Makes the definition.
        public init(
            method: String, elements: [Element], include: [String] = [],
            predicate: VerbatimSQL? = nil, options: [String: String] = [:],
            tablespace: String? = nil
        ) {
            self.tablespace = tablespace
            self.method = method
            self.elements = elements
            self.include = include
            self.predicate = predicate
            self.options = options
        }
    }
}

extension ConstraintDefinition {
    /// The table that a foreign key refers to; `schema` is that of its own.
    func referredTable(in schema: String) -> ObjectID? {
        switch rule {
        case .foreignKey(let key): .table(key.table.schema ?? schema, key.table.name)
        case .primaryKey, .unique, .check, .exclusion: nil
        }
    }
}
