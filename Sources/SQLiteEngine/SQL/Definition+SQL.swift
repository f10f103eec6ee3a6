// Owns the statements that make objects, the same for a database in memory and for a target.
// Invariant: what is read back of them is what they were made from.

internal import SchemaCore

/// A table with what stands within its parentheses.
struct TableParts {
    /// The table.
    var definition: TableDefinition
    /// Its columns in order.
    var columns: [ColumnDefinition]
    /// Its constraints in order.
    var constraints: [ConstraintDefinition]

    /// The statement that makes it.
    ///
    /// - Parameter name: another name than its own, for the new one of a rebuild.
    func create(as name: String? = nil) -> SQL {
        var items = columns.map { column -> SQL in
            var sql = column.sql
            if let key = keyAtColumn(column) { sql += " " + key }
            return sql
        }
        items += constraints.filter { columnOfKey($0) == nil }.map(\.sql)
        var options: [SQL] = []
        if definition.isStrict { options.append("STRICT") }
        if definition.isWithoutRowID { options.append("WITHOUT ROWID") }
        let body = items.map { "\n    \($0)" as SQL }.joined(",")
        let end: SQL = options.isEmpty ? "" : " \(options.joined(", "))"
        return "CREATE TABLE \(name: name ?? definition.name) (\(body)\n)\(end)"
    }

    /// The column that is the rowid itself, folded
    /// (<https://sqlite.org/lang_createtable.html#rowid>).
    var rowID: String? {
        guard !definition.isWithoutRowID else { return nil }
        for constraint in constraints {
            guard case .primaryKey(let key) = constraint.rule, key.columns.count == 1,
                !key.columns[0].isDescending
            else { continue }
            let folded = key.columns[0].name.asciiFolded
            let column = columns.first { $0.name.asciiFolded == folded }
            return column?.type == "INTEGER" ? folded : nil
        }
        return nil
    }

    /// A primary key of one column stands there: only so `DESC` and INTEGER mean what they do.
    private func columnOfKey(_ constraint: ConstraintDefinition) -> String? {
        switch constraint.rule {
        case .primaryKey(let key):
            key.columns.count == 1 && key.columns[0].collation == nil ? key.columns[0].name : nil
        case .unique, .check, .foreignKey: nil
        }
    }

    private func keyAtColumn(_ column: ColumnDefinition) -> SQL? {
        for constraint in constraints {
            guard let name = columnOfKey(constraint),
                name.asciiFolded == column.name.asciiFolded,
                case .primaryKey(let key) = constraint.rule
            else { continue }
            return constraint.prefix + "PRIMARY KEY"
                + (key.columns[0].isDescending ? " DESC" : "") + key.conflict.sql
                + (key.isAutoincrement ? " AUTOINCREMENT" : "")
        }
        return nil
    }
}

extension ConflictClause {
    /// The clause with a blank before it; nothing for the standard.
    var sql: SQL {
        switch self {
        case .abort: ""
        case .rollback: " ON CONFLICT ROLLBACK"
        case .fail: " ON CONFLICT FAIL"
        case .ignore: " ON CONFLICT IGNORE"
        case .replace: " ON CONFLICT REPLACE"
        }
    }
}

extension ColumnDefinition {
    /// The column as it stands in `CREATE TABLE` and `ADD COLUMN`, without keys.
    var sql: SQL {
        var sql: SQL = "\(name: name)"
        if !type.isEmpty { sql += " " + typeSQL }
        if let notNull {
            if let name = notNull.name { sql += " CONSTRAINT \(name: name)" }
            sql += " NOT NULL" + notNull.conflict.sql
        }
        if let value = self.default { sql += " DEFAULT " + Self.defaultSQL(value) }
        if let collation { sql += " COLLATE \(name: collation)" }
        if let generated {
            sql += " GENERATED ALWAYS AS (\(verbatim: generated.expression.written))"
            sql += generated.isStored ? " STORED" : " VIRTUAL"
        }
        return sql
    }

    /// A type that is no row of words with numbers behind it is written in quotes, as is one that
    /// SQLite would take for the beginning of `GENERATED ALWAYS AS`.
    private var typeSQL: SQL {
        let tokens = (try? Tokenizer.tokens(of: type)) ?? []
        let rest = tokens.drop { $0.kind == .word && CreateTableReader.isTypeWord($0) }
        let isPlain =
            rest.count < tokens.count && !type.hasSuffix("ALWAYS")
            && (rest.isEmpty
                || rest.first?.isSymbol("(") == true && rest.last?.isSymbol(")") == true
                    && rest.dropFirst().dropLast().allSatisfy {
                        $0.kind == .number || $0.kind == .symbol
                    })
        return isPlain ? "\(verbatim: VerbatimSQL(type))" : "\(name: type)"
    }

    /// The default as an expression.
    var defaultValue: SQL { self.default.map { "(\(verbatim: $0.written))" } ?? "NULL" }

    /// Whether a row gets the same value at any time: no default, or a literal other than the
    /// current time (<https://sqlite.org/lang_altertable.html>, section 4).
    var hasConstantDefault: Bool {
        guard let value = self.default else { return true }
        let tokens = (try? Tokenizer.tokens(of: value.written.text)) ?? []
        if tokens.count == 2, tokens[0].kind == .symbol { return tokens[1].kind == .number }
        guard tokens.count == 1, tokens[0].isLiteral else { return false }
        return !tokens[0].text.asciiUppercased.hasPrefix("CURRENT_")
    }

    /// Parentheses would make a constant an expression, which `ADD COLUMN` refuses.
    private static func defaultSQL(_ value: ComparableSQL) -> SQL {
        let tokens = (try? Tokenizer.tokens(of: value.written.text)) ?? []
        let isSigned =
            tokens.count == 2 && tokens[0].kind == .symbol && tokens[1].kind == .number
        let isLiteral = tokens.count == 1 && tokens[0].isLiteral
        return isSigned || isLiteral
            ? "\(verbatim: value.written)" : "(\(verbatim: value.written))"
    }
}

extension Token {
    /// Whether it is a value by itself.
    fileprivate var isLiteral: Bool {
        switch kind {
        case .string, .blob, .number: true
        case .word:
            Keywords.special.contains(text.asciiUppercased) || isWord("NULL")
        case .quoted, .variable, .symbol: false
        }
    }
}

extension ConstraintDefinition {
    /// `CONSTRAINT name `, or nothing.
    var prefix: SQL { name.map { "CONSTRAINT \(name: $0) " } ?? "" }

    /// The constraint as it stands behind the columns.
    var sql: SQL {
        switch rule {
        case .primaryKey(let key):
            let end: SQL = key.isAutoincrement ? " AUTOINCREMENT" : ""
            return prefix + "PRIMARY KEY (\(Self.list(key.columns))\(end))" + key.conflict.sql
        case .unique(let key):
            return prefix + "UNIQUE (\(Self.list(key.columns)))" + key.conflict.sql
        case .check(let check): return prefix + "CHECK (\(verbatim: check.expression.written))"
        case .foreignKey(let key): return prefix + key.sql
        }
    }

    private static func list(_ columns: [KeyColumn]) -> SQL {
        columns.map { column in
            var sql: SQL = "\(name: column.name)"
            if let collation = column.collation { sql += " COLLATE \(name: collation)" }
            if column.isDescending { sql += " DESC" }
            return sql
        }.joined(", ")
    }
}

extension ConstraintDefinition.ForeignKey {
    fileprivate var sql: SQL {
        let from = columns.map { "\(name: $0)" as SQL }.joined(", ")
        return "FOREIGN KEY (\(from)) \(reference)"
    }

    /// `REFERENCES …`, as it stands at a column.
    var reference: SQL {
        var sql: SQL = "REFERENCES \(name: table)"
        if !referencedColumns.isEmpty {
            sql += " (\(referencedColumns.map { "\(name: $0)" as SQL }.joined(", ")))"
        }
        if let match { sql += " MATCH \(name: match)" }
        if onDelete != .noAction { sql += " ON DELETE " + Self.sql(onDelete) }
        if onUpdate != .noAction { sql += " ON UPDATE " + Self.sql(onUpdate) }
        if isDeferred { sql += " DEFERRABLE INITIALLY DEFERRED" }
        return sql
    }

    private static func sql(_ action: Action) -> SQL {
        "\(verbatim: VerbatimSQL(action.keywords))"
    }
}

extension IndexDefinition {
    /// The statement that makes it.
    ///
    /// - Parameter table: another table than its own, for the new one of a rebuild.
    func create(on table: String? = nil) -> SQL {
        let keys = keys.map { key -> SQL in
            var sql: SQL =
                switch key.element {
                case .column(let name): "\(name: name)"
                case .expression(let expression): "(\(verbatim: expression.written))"
                }
            if let collation = key.collation { sql += " COLLATE \(name: collation)" }
            if key.isDescending { sql += " DESC" }
            return sql
        }
        var sql: SQL = isUnique ? "CREATE UNIQUE INDEX " : "CREATE INDEX "
        sql += "\(name: name) ON \(name: table ?? self.table) (\(keys.joined(", ")))"
        if let predicate { sql += " WHERE \(verbatim: predicate.written)" }
        return sql
    }
}

extension ViewDefinition {
    /// The statement that makes it.
    var create: SQL {
        let list = columns.map { "\(name: $0)" as SQL }.joined(", ")
        let head: SQL = columns.isEmpty ? "" : " (\(list))"
        return "CREATE VIEW \(name: name)\(head) AS\n\(verbatim: query.written)"
    }
}

extension TriggerDefinition {
    /// The statement that makes it.
    var create: SQL {
        var sql: SQL = "CREATE TRIGGER \(name: name)"
        switch time {
        case .before: sql += " BEFORE"
        case .after: sql += " AFTER"
        case .insteadOf: sql += " INSTEAD OF"
        }
        switch event {
        case .insert: sql += " INSERT"
        case .delete: sql += " DELETE"
        case .update: sql += " UPDATE"
        }
        if !columns.isEmpty { sql += " OF \(columns.map { "\(name: $0)" as SQL }.joined(", "))" }
        sql += " ON \(name: table)"
        if let condition { sql += " WHEN \(verbatim: condition.written)" }
        return sql + "\nBEGIN\n    \(verbatim: body.written)\nEND"
    }
}
