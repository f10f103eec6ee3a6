// Owns how rows get other values when one is to have what another has. Invariant: SQLite looks at
// unique keys row by row (<https://sqlite.org/lang_createtable.html#uniqueconst>), so a value that
// another row takes is given up before.

internal import SchemaCore

/// The updates of rows of one table.
struct RowUpdates {
    /// One row on its way.
    struct Way {
        /// The row, for its key.
        let row: DataDefinition
        /// What is known of it before, by folded names.
        let before: [String: DataDefinition.Value]
        /// What is set, in order.
        let set: [(name: String, value: DataDefinition.Value)]

        /// The values of a row that are other ones afterwards.
        init(from old: DataDefinition, to new: DataDefinition) {
            row = new
            let before = old.valuesByColumn
            self.before = before
            let all = zip(new.columns, new.values).map { (name: $0, value: $1) }
            let changed = all.filter { before[$0.name.asciiFolded] != $0.value }
            set = changed.isEmpty ? all : changed
        }

        /// The way back; nothing is set where nothing was overwritten.
        init(back old: DataDefinition, from new: DataDefinition) {
            row = new
            before = new.valuesByColumn
            let values = old.valuesByColumn
            set = RowSQL.overwritten(old, new).compactMap { name, _ in
                values[name.asciiFolded].map { (name, $0) }
            }
        }

        fileprivate func after(_ column: String) -> DataDefinition.Value? {
            set.first { $0.name.asciiFolded == column }?.value ?? before[column]
        }

        fileprivate func changes(_ column: String) -> Bool {
            set.contains { $0.name.asciiFolded == column && before[column] != $0.value }
        }
    }

    /// The table in the form in which its rows are updated.
    let table: TableState?

    init(_ table: TableState?) { self.table = table }

    func statements(_ ways: [Way]) -> [SQL] {
        let ways = ways.filter { !$0.set.isEmpty }
        let aside = self.aside(ways)
        let updates = ways.map { way in
            RowSQL.update(way.row, setting: way.set.map { ($0.name, $0.value.sql) })
        }
        guard !aside.isEmpty, hasChecks else { return aside + updates }
        // What stands there for a moment need not be what the table is to hold.
        return ["PRAGMA ignore_check_constraints = ON"] + aside
            + ["PRAGMA ignore_check_constraints = OFF"] + updates
    }

    // MARK: - Keys

    private var hasChecks: Bool {
        table?.parts.constraints.contains { constraint in
            switch constraint.rule {
            case .check: true
            case .primaryKey, .unique, .foreignKey: false
            }
        } ?? false
    }

    /// A unique key: its columns, folded, and whether only SQLite can tell its values apart.
    private struct Key {
        var columns: [String]
        var isComputed = false
    }

    private var keys: [Key] {
        guard let table else { return [] }
        let constraints = table.parts.constraints.compactMap { constraint -> Key? in
            switch constraint.rule {
            case .primaryKey(let key): Key(columns: key.columns.map(\.name.asciiFolded))
            case .unique(let key): Key(columns: key.columns.map(\.name.asciiFolded))
            case .check, .foreignKey: nil
            }
        }
        return constraints
            + table.attachments.compactMap { object in
                guard case .index(let index) = object.definition, index.isUnique else { return nil }
                // A condition's columns are no part of the key: rows that it parts may still meet.
                let plain = index.keys.compactMap { key -> String? in
                    if case .column(let name) = key.element { name.asciiFolded } else { nil }
                }
                if plain.count == index.keys.count { return Key(columns: plain) }
                let columns = object.dependencies.filter { $0.kind == .column }.map(\.name)
                return Key(columns: columns.sorted(), isComputed: true)
            }
    }

    /// The statements by which rows give up what others take.
    private func aside(_ ways: [Way]) -> [SQL] {
        guard ways.count > 1, let table else { return [] }
        var columns: [Int: Set<String>] = [:]
        for key in keys {
            let taken = Set(ways.map { Self.value($0, key) { $0.after($1) } })
            for (index, way) in ways.enumerated() {
                guard let moved = key.columns.first(where: way.changes) else { continue }
                let own = Self.value(way, key) { $0.before[$1] }
                if key.isComputed || own == nil || taken.contains(own) || taken.contains(nil) {
                    columns[index, default: []].insert(moved)
                }
            }
        }
        return columns.sorted { $0.key < $1.key }.map { index, names in
            let set = names.sorted().compactMap { name in
                table.column(name).map { ($0.name, interim($0, table)) }
            }
            return RowSQL.update(ways[index].row, setting: set)
        }
    }

    /// The value of a key as far as two may be equal; nil where it is not known.
    private static func value(
        _ way: Way, _ key: Key, _ column: (Way, String) -> DataDefinition.Value?
    ) -> [String]? {
        var out: [String] = []
        for name in key.columns {
            guard let value = column(way, name) else { return nil }
            out.append(value.comparable)
        }
        return out
    }

    /// A value that no row of the table has.
    private func interim(_ column: ColumnDefinition, _ table: TableState) -> SQL {
        let isKey = table.primaryKey?.columns.contains {
            $0.name.asciiFolded == column.name.asciiFolded
        }
        if column.notNull == nil, isKey != true { return "NULL" }
        let name: SQL = "\(name: column.name)"
        let all: SQL = "FROM \(name: table.name)"
        let storage = table.storage(of: column)
        switch storage.only {
        case .text: return Self.longest(name, all)
        case .blob: return "(SELECT zeroblob(max(length(\(name))) + 1) \(all))"
        case .integer, .real: return Self.least(name, all)
        case nil:
            switch storage.affinity {
            case .numeric, .real: return Self.least(name, all)
            case .text, .none: return Self.longest(name, all)
            }
        }
    }

    private static func least(_ name: SQL, _ all: SQL) -> SQL {
        """
        (SELECT min(0, coalesce(min(\(name)), 0)) - 1 \(all) \
        WHERE typeof(\(name)) IN ('integer', 'real'))
        """
    }

    /// Longer than all others, so that no collation takes it for one of them.
    private static func longest(_ name: SQL, _ all: SQL) -> SQL {
        "(SELECT hex(zeroblob(max(length(\(name))) + 1)) \(all))"
    }
}

extension DataDefinition.Value {
    /// Equal wherever a collation of SQLite's own, or the column, may take two values for equal.
    fileprivate var comparable: String {
        switch self {
        case .null: return "null"
        case .blob(let digits): return "x\(digits)"
        case .integer(let number): return "\(Double(number))"
        case .real(let text): return Double(text).map { "\($0)" } ?? text
        case .text(let text):
            if let number = Double(text) { return "\(number)" }
            return "'" + text.asciiFolded.trimmingSuffix(" ")
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var text = self[...]
        while text.last == character { text.removeLast() }
        return String(text)
    }
}
