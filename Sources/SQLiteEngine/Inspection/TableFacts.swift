// Owns the objects of one table: what its text says, checked against what SQLite tells of it.
// Invariant: where the two do not agree there are no objects but an error.

internal import SchemaCore

/// One table as it is read.
struct TableFacts {
    /// The name as it is spelled.
    let name: String
    private let text: CreateTable
    private let cursor: TokenCursor
    let columns: [SchemaRows.Column]
    let indexes: [String: SchemaRows.Index]
    private let foreignKeys: [SchemaRows.ForeignKey]
    /// Folded names to spelled ones.
    let names: [String: String]

    init(_ entry: SchemaRows.Entry, _ rows: SchemaRows) throws(Contradiction) {
        let folded = entry.name.asciiFolded
        do throws(TokenCursor.Mismatch) {
            (text, cursor) = try CreateTableReader.read(entry.sql)
        } catch {
            throw Contradiction("table \(entry.name)", error)
        }
        name = entry.name
        columns = rows.columns[folded] ?? []
        indexes = rows.indexes[folded] ?? [:]
        foreignKeys = rows.foreignKeys[folded] ?? []
        names = Dictionary(
            columns.map { ($0.name.asciiFolded, $0.name) }, uniquingKeysWith: { $1 })
        // Names are looked up as text here, so names that are one text cannot be told apart.
        try check(
            names.count == columns.count, "two of its columns differ only in their Unicode form")
        try check(text.name == name, "its name is \(text.name) in its text")
        guard let listed = rows.tables[folded] else {
            throw Contradiction("table \(name)", "SQLite does not list it")
        }
        try check(
            listed.isStrict == text.isStrict && listed.isWithoutRowID == text.isWithoutRowID,
            "SQLite does not agree on STRICT or WITHOUT ROWID")
    }

    private func check(_ isSo: Bool, _ what: @autoclosure () -> String) throws(Contradiction) {
        guard isSo else { throw Contradiction("table \(name)", what()) }
    }

    var scope: NameScope { .table(names) }

    func spelled(_ column: String) -> String { names[column.asciiFolded] ?? column }

    /// The collation of a column, in upper case.
    func collation(of column: String) -> String {
        text.columns.first { $0.name.asciiFolded == column.asciiFolded }?.collation ?? "BINARY"
    }

    /// A column that can be set.
    var writableColumn: String? { columns.first { $0.hidden == 0 }?.name }

    /// The columns of the primary key, as they are declared.
    var primaryKey: [String] {
        for constraint in text.constraints {
            if case .primaryKey(let keys, _, _) = constraint.rule { return keys.map(\.name) }
        }
        return []
    }

    /// The column that is the rowid itself, folded.
    private var rowID: String? {
        for constraint in text.constraints {
            if case .primaryKey(let keys, _, _) = constraint.rule {
                return isRowID(keys, constraint) ? keys.first?.name.asciiFolded : nil
            }
        }
        return nil
    }

    // MARK: - Objects

    /// The table, its columns and its constraints. Other tables are asked for the spelling of what
    /// foreign keys refer to.
    func objects(tables: [String: TableFacts]) throws(Contradiction) -> [SQLiteObject] {
        let table = SQLiteObject(
            .table(name),
            .table(
                TableDefinition(
                    name: name, isStrict: text.isStrict, isWithoutRowID: text.isWithoutRowID)))
        return try [table] + columnObjects() + constraintObjects(tables)
    }

    private func columnObjects() throws(Contradiction) -> [SQLiteObject] {
        try check(
            text.columns.map(\.name) == columns.map(\.name), "SQLite tells of other columns")
        return try zip(text.columns, columns).enumerated().map {
            (position, pair) throws(Contradiction) in
            let (column, told) = pair
            let definition = try definition(column, told)
            let used = definition.generated.map { _ in
                CanonicalText.columns(in: column.generated?.expression ?? [], of: names)
            }
            return SQLiteObject(
                .column(name, column.name), .column(definition),
                dependencies: Set((used ?? []).map { .column(name, $0) }).union([.table(name)])
                    .subtracting([.column(name, column.name)]),
                position: position)
        }
    }

    private func definition(
        _ column: CreateTable.Column, _ told: SchemaRows.Column
    ) throws(Contradiction) -> ColumnDefinition {
        try check(
            column.type == ColumnDefinition.canonicalType(told.type),
            "column \(column.name) has type \(told.type) for SQLite and \(column.type) in the text")
        try check(
            told.isNotNull || column.notNull == nil, "column \(column.name) is NOT NULL in the text"
        )
        let wanted = column.generated.map { $0.isStored ? 3 : 2 } ?? 0
        try check(wanted == told.hidden, "SQLite does not agree on what column \(column.name) is")
        return ColumnDefinition(
            name: column.name, type: column.type,
            // The rowid is never NULL; SQLite takes no notice of what is said of it.
            notNull: told.isNotNull && column.name.asciiFolded != rowID
                ? column.notNull ?? .init() : nil,
            default: try defaultValue(column, told),
            collation: column.collation == "BINARY" ? nil : column.collation,
            generated: column.generated.map {
                .init(
                    expression: cursor.comparable($0.expression, in: scope), isStored: $0.isStored)
            })
    }

    /// A word alone is a string (<https://sqlite.org/lang_createtable.html#dfltval>).
    private func defaultValue(
        _ column: CreateTable.Column, _ told: SchemaRows.Column
    ) throws(Contradiction) -> ComparableSQL? {
        guard let tokens = column.default else {
            try check(told.default == nil, "SQLite has a default for column \(column.name)")
            return nil
        }
        guard let text = told.default, let toldTokens = try? Tokenizer.tokens(of: text) else {
            throw Contradiction("table \(name)", "SQLite has no default for column \(column.name)")
        }
        let canonical = Self.canonicalDefault(tokens)
        try check(
            canonical == Self.canonicalDefault(toldTokens),
            "SQLite has another default for column \(column.name)")
        let isWord = tokens.count == 1 && tokens[0].kind != .string
        let inner = CanonicalText.withoutParentheses(tokens[...])
        return ComparableSQL(
            written: VerbatimSQL(isWord ? canonical : cursor.written(inner)), canonical: canonical)
    }

    private static func canonicalDefault(_ tokens: [Token]) -> String {
        guard tokens.count == 1, case let token = tokens[0],
            token.kind == .word || token.kind == .quoted(.double)
                || token.kind == .quoted(.backtick) || token.kind == .quoted(.bracket)
        else { return CanonicalText.of(tokens, in: .table([:])) }
        let upper = token.text.asciiUppercased
        if Keywords.special.contains(upper) || upper == "NULL" { return upper }
        return "'" + token.unquoted.replacing("'", with: "''") + "'"
    }

    // MARK: - Constraints

    private func constraintObjects(
        _ tables: [String: TableFacts]
    ) throws(Contradiction) -> [SQLiteObject] {
        var definitions: [ConstraintDefinition] = []
        var dependencies: [Set<ObjectID>] = []
        for constraint in text.constraints {
            let rule: ConstraintDefinition.Rule
            var used: Set<ObjectID> = [.table(name)]
            switch constraint.rule {
            case .primaryKey(let keys, let conflict, let isAutoincrement):
                let columns = keyColumns(keys, isRowID: isRowID(keys, constraint))
                rule = .primaryKey(
                    .init(columns: columns, conflict: conflict, isAutoincrement: isAutoincrement))
                used.formUnion(keys.map { .column(name, $0.name) })
            case .unique(let keys, let conflict):
                rule = .unique(
                    .init(columns: keyColumns(keys, isRowID: false), conflict: conflict))
                used.formUnion(keys.map { .column(name, $0.name) })
            case .check(let tokens):
                rule = .check(.init(expression: cursor.comparable(tokens, in: scope)))
                used.formUnion(
                    CanonicalText.columns(in: tokens, of: names).map { .column(name, $0) })
            case .foreignKey(let key):
                let resolved = resolve(key, tables)
                rule = .foreignKey(resolved)
                used.formUnion(key.columns.map { .column(name, $0) })
                if let other = tables[key.table.asciiFolded] {
                    used.insert(.table(other.name))
                    used.formUnion(resolved.referencedColumns.map { .column(other.name, $0) })
                }
            }
            definitions.append(ConstraintDefinition(name: constraint.name, rule: rule))
            dependencies.append(used)
        }
        try checkKeys()
        try checkForeignKeys()
        let ids = ConstraintDefinition.ids(definitions, of: name)
        return definitions.indices.map {
            SQLiteObject(
                ids[$0], .constraint(definitions[$0]), dependencies: dependencies[$0],
                position: $0)
        }
    }

    /// Whether a primary key is the rowid itself. `DESC` at the column makes it an ordinary one.
    private func isRowID(
        _ keys: [ConstraintDefinition.KeyColumn], _ constraint: CreateTable.Constraint
    ) -> Bool {
        guard !text.isWithoutRowID, keys.count == 1, let key = keys.first,
            let column = text.columns.first(where: { $0.name.asciiFolded == key.name.asciiFolded })
        else { return false }
        return column.type == "INTEGER" && !(constraint.isAtColumn && key.isDescending)
    }

    private func keyColumns(
        _ keys: [ConstraintDefinition.KeyColumn], isRowID: Bool
    ) -> [ConstraintDefinition.KeyColumn] {
        keys.map { key in
            let isOwn = key.collation == nil || key.collation == collation(of: key.name)
            return .init(
                spelled(key.name), collation: isOwn ? nil : key.collation,
                isDescending: key.isDescending && !isRowID)
        }
    }

    /// What it refers to, spelled as it is declared there, with its primary key in words.
    private func resolve(
        _ key: ConstraintDefinition.ForeignKey, _ tables: [String: TableFacts]
    ) -> ConstraintDefinition.ForeignKey {
        var resolved = key
        resolved.columns = key.columns.map(spelled)
        guard let other = tables[key.table.asciiFolded] else {
            resolved.table = key.table.asciiFolded
            resolved.referencedColumns = key.referencedColumns.map(\.asciiFolded)
            return resolved
        }
        resolved.table = other.name
        if key.referencedColumns.isEmpty, other.primaryKey.count == key.columns.count {
            resolved.referencedColumns = other.primaryKey.map(other.spelled)
        } else {
            resolved.referencedColumns = key.referencedColumns.map(other.spelled)
        }
        return resolved
    }

    /// Each key of the text has its index, and each index of a key has a text; two keys of the same
    /// columns share one.
    private func checkKeys() throws(Contradiction) {
        var wanted: Set<[SchemaRows.Key]> = []
        var rowIDs = 0
        for constraint in text.constraints {
            let keys: [ConstraintDefinition.KeyColumn]
            var isRowID = false
            switch constraint.rule {
            case .primaryKey(let columns, _, _):
                keys = columns
                isRowID = self.isRowID(columns, constraint)
                if isRowID { rowIDs += 1 }
            case .unique(let columns, _): keys = columns
            case .check, .foreignKey: continue
            }
            let numbered = try keys.map { key throws(Contradiction) in
                guard
                    let number = columns.firstIndex(where: {
                        $0.name.asciiFolded == key.name.asciiFolded
                    })
                else { throw Contradiction("table \(name)", "it has no column \(key.name)") }
                return SchemaRows.Key(
                    column: number, isDescending: false,
                    collation: key.collation ?? collation(of: key.name))
            }
            // A column that a key names twice is in it once.
            if !isRowID { wanted.insert(Self.distinct(numbered)) }
        }
        let told = indexes.values.filter { $0.origin != "c" }.map { index in
            Self.distinct(
                index.keys.map { key in
                    SchemaRows.Key(
                        column: key.column, isDescending: false, collation: key.collation)
                })
        }
        try check(Set(told) == wanted, "SQLite has other indexes for its keys")
        let places = columns.filter { $0.keyPlace > 0 }.count
        try check(
            rowIDs <= 1 && places == Set(primaryKey.map(\.asciiFolded)).count,
            "SQLite has another primary key")
    }

    private static func distinct(_ keys: [SchemaRows.Key]) -> [SchemaRows.Key] {
        var seen: Set<SchemaRows.Key> = []
        return keys.filter { seen.insert($0).inserted }
    }

    private func checkForeignKeys() throws(Contradiction) {
        let wanted = text.constraints.compactMap { constraint -> SchemaRows.ForeignKey? in
            guard case .foreignKey(let key) = constraint.rule else { return nil }
            let isImplicit = key.referencedColumns.isEmpty
            return SchemaRows.ForeignKey(
                table: key.table.asciiFolded, columns: key.columns.map(\.asciiFolded),
                referenced: isImplicit
                    ? key.columns.map { _ in nil } : key.referencedColumns.map(\.asciiFolded),
                onUpdate: key.onUpdate.keywords, onDelete: key.onDelete.keywords)
        }
        let told = foreignKeys.map { key in
            SchemaRows.ForeignKey(
                table: key.table.asciiFolded, columns: key.columns.map(\.asciiFolded),
                referenced: key.referenced.map { $0?.asciiFolded }, onUpdate: key.onUpdate,
                onDelete: key.onDelete)
        }
        try check(wanted == told, "SQLite has other foreign keys")
    }
}

extension ConstraintDefinition.ForeignKey.Action {
    /// As it is written.
    var keywords: String {
        switch self {
        case .noAction: "NO ACTION"
        case .restrict: "RESTRICT"
        case .cascade: "CASCADE"
        case .setNull: "SET NULL"
        case .setDefault: "SET DEFAULT"
        }
    }
}
