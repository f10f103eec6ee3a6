// Owns the reading of a table's text by the grammar of `parse.y`.

/// Reads `CREATE TABLE`.
struct CreateTableReader {
    typealias Mismatch = TokenCursor.Mismatch

    /// The text.
    private(set) var cursor: TokenCursor
    private var table = CreateTable(name: "")
    /// The name that the next constraint has.
    private var pendingName: String?

    /// What a text says, and the cursor that knows how it is written.
    static func read(_ text: String) throws(Mismatch) -> (CreateTable, TokenCursor) {
        var reader = CreateTableReader(cursor: try TokenCursor(text))
        try reader.readTable()
        return (reader.table, reader.cursor)
    }

    private init(cursor: TokenCursor) { self.cursor = cursor }

    private mutating func readTable() throws(Mismatch) {
        try cursor.expect("CREATE")
        try cursor.expect("TABLE")
        table.name = try cursor.qualifiedName()
        try cursor.expectSymbol("(")
        repeat {
            if startsTableConstraint { break }
            try readColumn()
        } while cursor.takeSymbol(",")
        while !cursor.isNextSymbol(")") {
            // Commas between constraints may be missing.
            if cursor.takeSymbol(",") { pendingName = nil }
            try readTableConstraint()
        }
        try cursor.expectSymbol(")")
        try readOptions()
    }

    /// A column may be called `check` only in quotes, so a keyword tells.
    private var startsTableConstraint: Bool {
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].contains { cursor.isNext($0) }
    }

    private mutating func readOptions() throws(Mismatch) {
        guard !cursor.isAtEnd else { return }
        repeat {
            if cursor.take("WITHOUT") {
                guard try cursor.name().asciiFolded == "rowid" else {
                    throw cursor.mismatch("ROWID")
                }
                table.isWithoutRowID = true
            } else if cursor.take("STRICT") {
                table.isStrict = true
            } else {
                throw cursor.mismatch("WITHOUT ROWID or STRICT")
            }
        } while cursor.takeSymbol(",")
        guard cursor.isAtEnd else { throw cursor.mismatch("the end") }
    }

    // MARK: - Columns

    private mutating func readColumn() throws(Mismatch) {
        pendingName = nil
        let name = try cursor.name()
        table.columns.append(CreateTable.Column(name: name, type: try type()))
        while !cursor.isNextSymbol(","), !cursor.isNextSymbol(")"), !cursor.isAtEnd {
            var column = table.columns[table.columns.count - 1]
            try readColumnConstraint(&column)
            table.columns[table.columns.count - 1] = column
        }
    }

    /// As SQLite takes it (`sqlite3AddColumn`): to it, `GENERATED ALWAYS` is the end of the type
    /// and taken off as text, and of what begins with a quote only what is within counts.
    private mutating func type() throws(Mismatch) -> String {
        var tokens: [Token] = []
        while let token = cursor.peek(), Self.isTypeWord(token) {
            tokens.append(try cursor.next())
        }
        var text = cursor.written(tokens)
        if !tokens.isEmpty, cursor.isNextSymbol("(") {
            text += "(" + (try cursor.parenthesized()).map(\.text).joined() + ")"
        } else if text.utf8.count >= 16, let rest = Self.text(text, without: "always") {
            text = Self.text(rest, without: "generated") ?? rest
        }
        if let first = tokens.first, first.kind != .word { text = first.unquoted }
        return ColumnDefinition.canonicalType(text)
    }

    /// What stands before the end of a text and the blanks there; nil if it has another end.
    private static func text(_ text: String, without end: String) -> String? {
        guard text.asciiFolded.hasSuffix(end) else { return nil }
        let rest = text.utf8.dropLast(end.utf8.count)
        let last = rest.lastIndex { !" \t\n\u{c}\r".utf8.contains($0) }
        return String(Substring(last.map { rest[...$0] } ?? rest.prefix(0)))
    }

    static func isTypeWord(_ token: Token) -> Bool {
        switch token.kind {
        case .word:
            let upper = token.text.asciiUppercased
            return !Keywords.reserved.contains(upper) && upper != "CAST" && upper != "RAISE"
        case .quoted, .string: return true
        case .blob, .number, .variable, .symbol: return false
        }
    }

    private mutating func readColumnConstraint(
        _ column: inout CreateTable.Column
    ) throws(Mismatch) {
        if cursor.take("CONSTRAINT") {
            pendingName = try cursor.name()
            return
        }
        let name = pendingName
        pendingName = nil
        if cursor.take("DEFAULT") {
            column.default = try defaultTokens()
        } else if cursor.take("NULL") {
            _ = try cursor.conflictClause()
        } else if cursor.take("NOT", "NULL") {
            column.notNull = .init(name: name, conflict: try cursor.conflictClause())
        } else if cursor.take("PRIMARY") {
            try cursor.expect("KEY")
            let isDescending = cursor.order()
            let conflict = try cursor.conflictClause()
            add(
                .primaryKey(
                    [.init(column.name, isDescending: isDescending)], conflict: conflict,
                    isAutoincrement: cursor.take("AUTOINCREMENT")), name)
        } else if cursor.take("UNIQUE") {
            add(.unique([.init(column.name)], conflict: try cursor.conflictClause()), name)
        } else if cursor.take("CHECK") {
            add(.check(try cursor.parenthesized()), name)
        } else if cursor.take("COLLATE") {
            column.collation = try cursor.name().asciiUppercased
        } else if cursor.isNext("GENERATED") || cursor.isNext("AS") {
            try readGenerated(&column)
        } else if cursor.take("REFERENCES") {
            add(.foreignKey(try reference(from: [column.name])), name)
        } else if cursor.isNext("DEFERRABLE") || cursor.isNext("NOT", "DEFERRABLE") {
            // It belongs to the foreign key before it, whatever stands between them.
            guard let isDeferred = try cursor.deferral(), let last = table.constraints.indices.last,
                case .foreignKey(var key) = table.constraints[last].rule
            else { throw cursor.mismatch("a foreign key before DEFERRABLE") }
            key.isDeferred = isDeferred
            table.constraints[last].rule = .foreignKey(key)
        } else {
            throw cursor.mismatch("a constraint")
        }
    }

    private mutating func readGenerated(_ column: inout CreateTable.Column) throws(Mismatch) {
        if cursor.take("GENERATED") { try cursor.expect("ALWAYS") }
        try cursor.expect("AS")
        let expression = try cursor.parenthesized()
        let isStored = cursor.take("STORED")
        if !isStored { _ = cursor.take("VIRTUAL") }
        column.generated = (expression, isStored)
    }

    /// A literal with or without a sign, a word (which is a string), or an expression.
    private mutating func defaultTokens() throws(Mismatch) -> [Token] {
        if cursor.isNextSymbol("(") { return try cursor.parenthesized() }
        var tokens: [Token] = []
        if cursor.isNextSymbol("+") || cursor.isNextSymbol("-") { tokens.append(try cursor.next()) }
        return tokens + [try cursor.next()]
    }

    private mutating func add(
        _ rule: CreateTable.Rule, _ name: String?, isAtColumn: Bool = true
    ) {
        table.constraints.append(
            CreateTable.Constraint(name: name, rule: rule, isAtColumn: isAtColumn))
    }

    // MARK: - Constraints

    private mutating func readTableConstraint() throws(Mismatch) {
        if cursor.take("CONSTRAINT") {
            pendingName = try cursor.name()
            return
        }
        let name = pendingName
        pendingName = nil
        if cursor.take("PRIMARY") {
            try cursor.expect("KEY")
            var items = try cursor.list()
            let isAutoincrement = items[items.count - 1].last?.isWord("AUTOINCREMENT") ?? false
            if isAutoincrement { items[items.count - 1].removeLast() }
            add(
                .primaryKey(
                    try keyColumns(items), conflict: try cursor.conflictClause(),
                    isAutoincrement: isAutoincrement), name, isAtColumn: false)
        } else if cursor.take("UNIQUE") {
            let columns = try keyColumns(try cursor.list())
            add(.unique(columns, conflict: try cursor.conflictClause()), name, isAtColumn: false)
        } else if cursor.take("CHECK") {
            add(.check(try cursor.parenthesized()), name, isAtColumn: false)
            _ = try cursor.conflictClause()
        } else if cursor.take("FOREIGN") {
            try cursor.expect("KEY")
            let columns = try cursor.names()
            try cursor.expect("REFERENCES")
            var key = try reference(from: columns)
            key.isDeferred = try cursor.deferral() ?? false
            add(.foreignKey(key), name, isAtColumn: false)
        } else {
            throw cursor.mismatch("a constraint of the table")
        }
    }

    private func keyColumns(
        _ items: [[Token]]
    ) throws(Mismatch) -> [ConstraintDefinition.KeyColumn] {
        try items.map { item throws(Mismatch) in
            let key = IndexKeyTokens(item)
            guard key.element.count == 1, let name = key.element.first?.unquoted else {
                throw cursor.mismatch("columns in a key")
            }
            return .init(name, collation: key.collation, isDescending: key.isDescending)
        }
    }

    private mutating func reference(
        from columns: [String]
    ) throws(Mismatch) -> ConstraintDefinition.ForeignKey {
        var key = ConstraintDefinition.ForeignKey(columns: columns, table: try cursor.name())
        if cursor.isNextSymbol("(") { key.referencedColumns = try cursor.names() }
        while true {
            if cursor.take("MATCH") {
                key.match = try cursor.name().asciiUppercased
            } else if cursor.take("ON", "DELETE") {
                key.onDelete = try cursor.foreignKeyAction()
            } else if cursor.take("ON", "UPDATE") {
                key.onUpdate = try cursor.foreignKeyAction()
            } else if cursor.take("ON", "INSERT") {
                _ = try cursor.foreignKeyAction()
            } else {
                return key
            }
        }
    }
}

/// A key of an index or constraint, taken apart.
struct IndexKeyTokens {
    /// What is indexed, without outer parentheses.
    private(set) var element: ArraySlice<Token>
    /// The collation behind it, in upper case.
    private(set) var collation: String?
    /// `DESC`.
    private(set) var isDescending = false

    /// - Parameter told: the collation that SQLite tells of; nil where only a column can stand.
    ///   `COLLATE` binds so tightly that it may belong to the end of an expression alone.
    init(_ tokens: [Token], told: String? = nil) {
        element = tokens[...]
        if element.count > 2, element[element.endIndex - 2].isWord("NULLS") {
            element = element.dropLast(2)
        }
        if let last = element.last, element.count > 1, last.isWord("ASC") || last.isWord("DESC") {
            isDescending = last.isWord("DESC")
            element = element.dropLast()
        }
        element = CanonicalText.withoutParentheses(element)
        while element.count > 2, let last = element.last,
            element[element.endIndex - 2].isWord("COLLATE"),
            told == nil || CanonicalText.withoutParentheses(element.dropLast(2)).count == 1
                || collation == nil && last.unquoted.asciiUppercased == told
        {
            // The outermost one counts.
            collation = collation ?? last.unquoted.asciiUppercased
            element = CanonicalText.withoutParentheses(element.dropLast(2))
        }
    }
}

extension TokenCursor {
    /// A name behind `IF NOT EXISTS` and a schema, neither of which SQLite keeps.
    mutating func qualifiedName() throws(Mismatch) -> String {
        _ = take("IF", "NOT", "EXISTS")
        let name = try name()
        return takeSymbol(".") ? try self.name() : name
    }

    /// `ON CONFLICT …`, or the standard.
    mutating func conflictClause() throws(Mismatch) -> ConflictClause {
        guard take("ON", "CONFLICT") else { return .abort }
        guard let clause = ConflictClause(rawValue: try next().text.asciiFolded) else {
            throw mismatch("ABORT, ROLLBACK, FAIL, IGNORE or REPLACE before this")
        }
        return clause
    }

    /// `ASC` or `DESC`; whether it is the latter.
    mutating func order() -> Bool {
        if take("DESC") { return true }
        _ = take("ASC")
        return false
    }

    /// Whether a foreign key is deferred, if something is said of it.
    mutating func deferral() throws(Mismatch) -> Bool? {
        let isDenied = take("NOT", "DEFERRABLE")
        guard isDenied || take("DEFERRABLE") else { return nil }
        guard take("INITIALLY") else { return false }
        if take("IMMEDIATE") { return false }
        try expect("DEFERRED")
        return !isDenied
    }

    /// What a foreign key does with referencing rows.
    mutating func foreignKeyAction() throws(Mismatch) -> ConstraintDefinition.ForeignKey.Action {
        if take("SET", "NULL") { return .setNull }
        if take("SET", "DEFAULT") { return .setDefault }
        if take("CASCADE") { return .cascade }
        if take("RESTRICT") { return .restrict }
        if take("NO", "ACTION") { return .noAction }
        throw mismatch("an action")
    }
}
