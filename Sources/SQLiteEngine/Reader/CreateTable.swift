/// What the text of a table says, with names as they stand there.
struct CreateTable {
    /// A column.
    struct Column {
        var name: String
        /// In canonical form.
        var type: String
        var notNull: ColumnDefinition.NotNull?
        var `default`: [Token]?
        var collation: String?
        var generated: (expression: [Token], isStored: Bool)?
    }

    /// A constraint of a column or the table.
    struct Constraint {
        var name: String?
        var rule: Rule
        /// Whether it is written at its column.
        var isAtColumn: Bool
    }

    /// What a constraint asks for.
    enum Rule {
        case primaryKey(
            [ConstraintDefinition.KeyColumn], conflict: ConflictClause, isAutoincrement: Bool)
        case unique([ConstraintDefinition.KeyColumn], conflict: ConflictClause)
        case check([Token])
        case foreignKey(ConstraintDefinition.ForeignKey)
    }

    var name: String
    var columns: [Column] = []
    var constraints: [Constraint] = []
    var isStrict = false
    var isWithoutRowID = false
}
