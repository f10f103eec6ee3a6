/// A column with all that `CREATE TABLE` says of it, but its constraints.
public struct ColumnDefinition: Hashable, Codable, Sendable {
    /// The name as it is spelled.
    public var name: String
    /// The declared type in canonical form, `VARCHAR(20)`; empty for none. SQLite compares types
    /// without regard to case and keeps the standard ones in upper case, so all are.
    public var type: String
    /// `NOT NULL`, written or implied: by a primary key of a strict table or one without rowid.
    public var notNull: NotNull?
    /// The default, without outer parentheses.
    public var `default`: ComparableSQL?
    /// The collation in upper case; nil for `BINARY`, the standard.
    public var collation: String?
    /// For a generated column, its expression.
    public var generated: Generated?

    /// Makes the definition.
    public init(
        name: String, type: String = "", notNull: NotNull? = nil, default: ComparableSQL? = nil,
        collation: String? = nil, generated: Generated? = nil
    ) {
        self.name = name
        self.type = type
        self.notNull = notNull
        self.default = `default`
        self.collation = collation
        self.generated = generated
    }

    /// `NOT NULL`.
    public struct NotNull: Hashable, Codable, Sendable {
        /// The constraint's name, if it has one.
        public var name: String?
        /// What happens to a row that breaks it.
        public var conflict: ConflictClause

        /// Makes the definition.
        public init(name: String? = nil, conflict: ConflictClause = .abort) {
            self.name = name
            self.conflict = conflict
        }
    }

    /// `GENERATED ALWAYS AS (…)`.
    public struct Generated: Hashable, Codable, Sendable {
        /// The expression, without the outer parentheses.
        public var expression: ComparableSQL
        /// Stored, or computed when it is read.
        public var isStored: Bool

        /// Makes the definition.
        public init(expression: ComparableSQL, isStored: Bool = false) {
            self.expression = expression
            self.isStored = isStored
        }
    }
}
