internal import Planning
internal import SchemaCore

/// A table with all that goes when it is dropped, in one of the two states between which a plan
/// leads.
struct TableState {
    let parts: TableParts
    /// Its columns, constraints, indexes and triggers, by address; rows are no part of its shape.
    let objects: [ObjectID: SQLiteObject]

    /// - Parameter children: all whose parent is the table.
    init?(_ table: SQLiteObject?, children: [SQLiteObject]) {
        guard let table, case .table = table.definition,
            let parts = TableParts.all(in: [table] + children).first?.parts
        else { return nil }
        self.parts = parts
        objects = Dictionary(
            (children.filter { $0.id.kind != .data } + [table]).map { ($0.id, $0) },
            uniquingKeysWith: { $1 })
    }

    /// The same table with more.
    func with(_ more: [SQLiteObject]) -> TableState {
        TableState(objects[id], children: objects.values.filter { $0.id != id } + more) ?? self
    }

    var name: String { parts.definition.name }
    var id: ObjectID { .table(name) }

    /// Columns that hold values of their own, by folded name.
    var stored: [String: ColumnDefinition] {
        Dictionary(
            parts.columns.filter { $0.generated == nil }.map { ($0.name.asciiFolded, $0) },
            uniquingKeysWith: { $1 })
    }

    func column(_ name: String) -> ColumnDefinition? {
        parts.columns.first { $0.name.asciiFolded == name.asciiFolded }
    }

    /// The column that is the rowid itself (<https://sqlite.org/lang_createtable.html#rowid>).
    var rowIDColumn: ColumnDefinition? {
        guard !parts.definition.isWithoutRowID, let key = primaryKey, key.columns.count == 1,
            !key.columns[0].isDescending, let column = column(key.columns[0].name),
            column.type == "INTEGER"
        else { return nil }
        return column
    }

    var primaryKey: ConstraintDefinition.PrimaryKey? {
        for constraint in parts.constraints {
            if case .primaryKey(let key) = constraint.rule { return key }
        }
        return nil
    }

    /// A name for the rowid that no column hides; nil if there is none, or no rowid.
    var rowIDName: String? {
        if parts.definition.isWithoutRowID { return nil }
        return ["rowid", "_rowid_", "oid"].first { column($0) == nil }
    }

    func storage(of column: ColumnDefinition) -> ColumnStorage {
        ColumnStorage(
            column, isStrict: parts.definition.isStrict,
            isRowID: rowIDColumn?.name == column.name)
    }

    /// The indexes and triggers in the order of their addresses.
    var attachments: [SQLiteObject] {
        objects.values.filter { $0.id.kind == .index || $0.id.kind == .trigger }
            .sorted { $0.id < $1.id }
    }

    /// The statements that make it with all of its parts.
    var creation: [SQL] { [parts.create()] + attachments.flatMap(\.creation) }
}

extension SQLiteObject {
    /// The statements that make it, but for what only its table or its author can make.
    var creation: [SQL] {
        switch definition {
        case .index(let index): [index.create()]
        case .view(let view): [view.create]
        case .trigger(let trigger): [trigger.create]
        case .table, .column, .constraint, .data, .statement: []
        }
    }

    /// The statement that removes it, but for what leaves in another way.
    var removal: [SQL] {
        switch definition {
        case .table(let table): ["DROP TABLE \(name: table.name)"]
        case .index(let index): ["DROP INDEX \(name: index.name)"]
        case .view(let view): ["DROP VIEW \(name: view.name)"]
        case .trigger(let trigger): ["DROP TRIGGER \(name: trigger.name)"]
        case .column, .constraint, .data, .statement: []
        }
    }

    /// The names that it takes: tables, views and indexes share theirs.
    var slots: Set<NameSlot> {
        switch definition {
        case .table, .index, .view: [NameSlot(space: .relation, path: id.path)]
        case .trigger: [NameSlot(space: .trigger, path: id.path)]
        case .column, .constraint, .data, .statement: []
        }
    }
}
