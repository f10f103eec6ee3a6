public import SchemaCore

/// A column without its default, which is an object of its own since it may depend on more.
public struct ColumnDefinition: Hashable, Codable, Sendable {
    /// The type as the server prints it with an empty search path (`format_type`), for example
    /// `character varying(20)` or `app.status`; in a lowered manifest as written, `serial` too.
    public var type: VerbatimSQL
    /// The collation, if it is not the type's own.
    public var collation: QualifiedName?
    /// Whether NULL is refused, and no row holds it.
    public var isNotNull: Bool
    /// What of its NOT NULL constraint is not as usual. One that is not validated is here although
    /// `isNotNull` is false.
    public var notNull: NotNullDefinition?
    /// For an identity column, its sequence.
    public var identity: Identity?
    /// For a generated column, its expression.
    public var generated: Generated?

    /// Makes the definition.
    public init(
        type: VerbatimSQL, collation: QualifiedName? = nil, isNotNull: Bool,
        notNull: NotNullDefinition? = nil, identity: Identity? = nil, generated: Generated? = nil
    ) {
        self.type = type
        self.collation = collation
        self.isNotNull = isNotNull
        self.notNull = notNull
        self.identity = identity
        self.generated = generated
    }

    /// `GENERATED … AS IDENTITY`.
    public struct Identity: Hashable, Codable, Sendable {
        /// Whether an explicit value is refused (`ALWAYS`) or accepted (`BY DEFAULT`).
        public var isAlways: Bool
        /// The sequence's name in the table's schema; in a lowered manifest nil for the
        /// server's choice.
        public var sequenceName: String?
        /// The sequence's settings.
        public var sequence: SequenceSettings

        /// Makes the definition.
        public init(isAlways: Bool, sequenceName: String?, sequence: SequenceSettings) {
            self.isAlways = isAlways
            self.sequenceName = sequenceName
            self.sequence = sequence
        }
    }

    /// `GENERATED ALWAYS AS (…)`.
    public struct Generated: Hashable, Codable, Sendable {
        /// The expression, without the outer parentheses.
        public var expression: VerbatimSQL
        /// Stored, or computed when read (PostgreSQL 18).
        public var isStored: Bool

        /// Makes the definition.
        public init(expression: VerbatimSQL, isStored: Bool) {
            self.expression = expression
            self.isStored = isStored
        }
    }
}

extension ColumnDefinition {
    /// Whether it has values by an expression that stay when it becomes a plain column.
    func keepsValues(as new: ColumnDefinition) -> Bool {
        generated?.isStored == true && new.generated == nil
    }

    /// Whether it gets another type or collation in place. One that becomes generated is made anew,
    /// so what it holds need not be converted before it goes.
    func isRetyped(to new: ColumnDefinition) -> Bool {
        if generated == nil && new.generated != nil { return false }
        return type != new.type || collation != new.collation
    }
}

extension PostgreSQLObject {
    /// Whether it is a generated column whose values stay when it becomes a plain one.
    func keepsValues(as new: PostgreSQLObject?) -> Bool {
        guard case .column(let from) = definition, case .column(let to)? = new?.definition else {
            return false
        }
        return from.keepsValues(as: to)
    }
}

/// A column's default.
public struct DefaultDefinition: Hashable, Codable, Sendable {
    /// The expression.
    public var expression: VerbatimSQL
    /// Whether it calls a volatile function, so that every row gets a value of its own; known only
    /// of what a server has read.
    public var isVolatile: Bool

    /// Makes the definition.
    public init(expression: VerbatimSQL, isVolatile: Bool = false) {
        self.expression = expression
        self.isVolatile = isVolatile
    }
}
