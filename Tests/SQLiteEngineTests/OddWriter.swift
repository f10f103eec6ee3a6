import SchemaCore

@testable import SQLiteEngine

/// Writes a table as nobody should: constraints at columns or behind them, any quotes, any case of
/// keywords, comments and blanks anywhere, parentheses and clauses that mean nothing.
struct OddWriter {
    private var random: Seeded
    private var names: Set<String> = []

    init(random: Seeded) { self.random = random }

    func write(_ parts: TableParts) -> String {
        var writer = self
        return writer.table(parts)
    }

    private mutating func table(_ parts: TableParts) -> String {
        names = Set(parts.columns.map(\.name))
        // Keys at columns move in front of the others, which is no difference.
        var rest = parts.constraints
        var items: [String] = []
        for column in parts.columns {
            var words = [name(column.name)]
            if !column.type.isEmpty { words.append(type(column.type)) }
            var clauses = clauses(of: column)
            // The rowid is never NULL, so this says nothing.
            if parts.rowID == column.name.asciiFolded, random.chance(30) {
                clauses.append("not null" + conflict(.ignore))
            }
            for (index, constraint) in rest.enumerated().reversed() {
                guard let text = atColumn(constraint, column, parts) else { continue }
                clauses.append(text)
                rest.remove(at: index)
            }
            words += clauses.shuffled(using: &random)
            items.append(words.joined(separator: " "))
        }
        let columns = items.joined(separator: " , ")
        let constraints = rest.map { behind($0) }
            .reduce(into: "") { $0 += (random.chance(80) || $0.isEmpty ? " , " : " ") + $1 }
        var options: [String] = []
        if parts.definition.isStrict { options.append("strict") }
        if parts.definition.isWithoutRowID { options.append("without rowid") }
        let text =
            "create table \(quoted(parts.definition.name)) ( \(columns)\(constraints) ) "
            + options.shuffled(using: &random).joined(separator: " , ")
        return noisy(text)
    }

    private mutating func clauses(of column: ColumnDefinition) -> [String] {
        var clauses: [String] = []
        if let notNull = column.notNull {
            clauses.append(prefix(notNull.name) + "not null" + conflict(notNull.conflict))
        }
        if let value = column.default {
            // A word or a call needs its parentheses.
            let text = value.written.text
            let isPlain = ["1", "'it''s'", "x'0AFF'", "NULL", "CURRENT_TIMESTAMP", "TRUE"]
                .contains(text)
            clauses.append("default " + (isPlain && random.chance(50) ? text : "( ( \(text) ) )"))
        }
        if let collation = column.collation { clauses.append("collate " + collation) }
        if let generated = column.generated {
            clauses.append(
                (random.chance(50) ? "generated always as" : "as")
                    + " ( \(generated.expression.written.text) )"
                    + (generated.isStored ? " stored" : random.chance(50) ? " virtual" : ""))
        }
        if random.chance(10) { clauses.append("null") }
        if clauses.isEmpty, random.chance(10) { clauses.append("constraint lonely null") }
        return clauses
    }

    private mutating func atColumn(
        _ constraint: ConstraintDefinition, _ column: ColumnDefinition, _ parts: TableParts
    ) -> String? {
        switch constraint.rule {
        case .primaryKey(let key):
            guard key.columns.count == 1, key.columns[0].name == column.name,
                key.columns[0].collation == nil
            else { return nil }
            let isQuirk =
                column.type == "INTEGER" && !parts.definition.isWithoutRowID
                && key.columns[0].isDescending
            guard isQuirk || random.chance(50) else { return nil }
            return prefix(constraint.name) + "primary key"
                + (key.columns[0].isDescending ? " desc" : random.chance(30) ? " asc" : "")
                + conflict(key.conflict) + (key.isAutoincrement ? " autoincrement" : "")
        case .unique(let key):
            guard key.columns.count == 1, key.columns[0].name == column.name, random.chance(50)
            else { return nil }
            return prefix(constraint.name) + "unique"
        case .check(let check):
            guard parts.columns.first?.name == column.name, random.chance(50) else { return nil }
            return prefix(constraint.name) + "check ( ( \(check.expression.written.text) ) )"
        case .foreignKey(let key):
            guard key.columns == [column.name], random.chance(50) else { return nil }
            return prefix(constraint.name) + reference(key)
        }
    }

    private mutating func behind(_ constraint: ConstraintDefinition) -> String {
        let start = prefix(constraint.name)
        switch constraint.rule {
        case .primaryKey(let key):
            return start + "primary key ( " + list(key.columns)
                + (key.isAutoincrement ? " autoincrement" : "") + " )" + conflict(key.conflict)
        // Said aloud, the standard would contradict a primary key of the same columns.
        case .unique(let key):
            return start + "unique ( " + list(key.columns) + " )"
        case .check(let check):
            return start + "check ( \(check.expression.written.text) )"
                + (random.chance(20) ? " on conflict ignore" : "")
        case .foreignKey(let key):
            let columns = key.columns.map { name($0) }.joined(separator: " , ")
            return start + "foreign key ( \(columns) ) " + reference(key)
        }
    }

    private mutating func reference(_ key: ConstraintDefinition.ForeignKey) -> String {
        var text = "references " + quoted(key.table)
        if !key.referencedColumns.isEmpty {
            let list = key.referencedColumns.map { quoted($0) }.joined(separator: " , ")
            text += " ( \(list) )"
        }
        var clauses: [String] = []
        if key.onDelete != .noAction || random.chance(20) {
            clauses.append("on delete " + key.onDelete.keywords)
        }
        if key.onUpdate != .noAction || random.chance(20) {
            clauses.append("on update " + key.onUpdate.keywords)
        }
        if let match = key.match { clauses.append("match " + match) }
        text += clauses.shuffled(using: &random).map { " " + $0 }.joined()
        if key.isDeferred { return text + " deferrable initially deferred" }
        return text
            + random.pick([
                "", " deferrable", " not deferrable initially deferred",
                " deferrable initially immediate",
            ])
    }

    private mutating func list(_ columns: [ConstraintDefinition.KeyColumn]) -> String {
        columns.map { column in
            var text = name(column.name)
            if let collation = column.collation { text += " collate " + collation }
            if column.isDescending { text += " desc" } else if random.chance(20) { text += " asc" }
            return text
        }.joined(separator: " , ")
    }

    private func prefix(_ name: String?) -> String {
        name.map { "constraint \(SQLDialect.sqlite.quoted(name: $0)) " } ?? ""
    }

    private mutating func conflict(_ clause: ConflictClause) -> String {
        if clause == .abort, random.chance(80) { return "" }
        return " on conflict " + clause.rawValue
    }

    private mutating func name(_ name: String) -> String { quoted(name) }

    private mutating func type(_ type: String) -> String {
        type.replacing("(", with: " ( ").replacing(",", with: " , ").replacing(")", with: " )")
    }

    /// Any quotes that can hold the name.
    private mutating func quoted(_ name: String) -> String {
        var ways = [
            "\"" + name.replacing("\"", with: "\"\"") + "\"",
            "`" + name.replacing("`", with: "``") + "`",
            "'" + name.replacing("'", with: "''") + "'",
        ]
        if !name.contains("]") { ways.append("[\(name)]") }
        if SQLDialect.sqlite.quoted(name: name.asciiFolded) == name.asciiFolded {
            ways.append(name)
        }
        return random.pick(ways)
    }

    /// Other case for keywords, other blanks between tokens, other quotes for columns.
    private mutating func noisy(_ text: String) -> String {
        let tokens = (try? Tokenizer.tokens(of: text)) ?? []
        var out = ""
        for (index, token) in tokens.enumerated() {
            let blanks = [" ", "\n", "\t", "  ", " /* ' */ ", " -- \" (\n", "\r\n"]
            // A comment there becomes a part of the type: see `comments` in the tests of reading.
            let next = index + 1 < tokens.count ? tokens[index + 1] : token
            let isTail =
                token.isWord("GENERATED") && next.isWord("ALWAYS")
                || token.isWord("ALWAYS") && next.isWord("AS")
            out += isTail ? " " : random.pick(blanks)
            out += respelled(token)
        }
        return out
    }

    private mutating func respelled(_ token: Token) -> String {
        switch token.kind {
        case .word:
            let upper = token.text.asciiUppercased
            let isKeyword =
                Keywords.reserved.contains(upper) || Keywords.special.contains(upper)
                || !names.contains(token.text) && Keywords.unreserved.contains(upper)
            guard isKeyword else { return token.text }
            return String(
                token.text.map {
                    random.chance(50) ? Character($0.uppercased()) : Character($0.lowercased())
                })
        case .symbol:
            if token.text == "<>" { return random.pick(["<>", "!="]) }
            if token.text == "=" { return random.pick(["=", "=="]) }
            return token.text
        case .quoted, .string, .blob, .number, .variable: return token.text
        }
    }
}
