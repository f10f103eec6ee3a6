// Owns what people are told of the change of one part of a table.

internal import Planning
internal import SchemaCore

/// Words for changes.
enum ChangeWords {
    /// A few words for a title; nil for what is not worth any.
    static func text(
        _ change: Change<SQLiteObject>, old: TableState, new: TableState
    ) -> String? {
        let id = change.id
        switch change {
        case .create(let object): return "add \(noun(object)) \(id.name)"
        case .drop(let object): return "drop \(noun(object)) \(id.name)"
        case .alter(let before, let after):
            if case .column(let one) = before.definition, case .column(let other) = after.definition
            {
                return "change column \(other.name) (\(difference(one, other)))"
            }
            if case .table(let one) = before.definition, case .table(let other) = after.definition {
                return options(one, other).joined(separator: ", ")
            }
            return "change \(noun(after)) \(id.name)"
        }
    }

    private static func noun(_ object: SQLiteObject) -> String {
        switch object.definition {
        case .table: "table"
        case .column: "column"
        case .constraint: "constraint"
        case .index: "index"
        case .view: "view"
        case .trigger: "trigger"
        case .data: "rows"
        case .statement: "statement"
        }
    }

    private static func options(_ old: TableDefinition, _ new: TableDefinition) -> [String] {
        var out: [String] = []
        if old.isStrict != new.isStrict {
            out.append(new.isStrict ? "make it STRICT" : "make it not STRICT")
        }
        if old.isWithoutRowID != new.isWithoutRowID {
            out.append(new.isWithoutRowID ? "make it WITHOUT ROWID" : "give it a rowid")
        }
        if old.name != new.name { out.append("spell it \(new.name)") }
        return out
    }

    private static func difference(_ old: ColumnDefinition, _ new: ColumnDefinition) -> String {
        var out: [String] = []
        if old.name != new.name { out.append("spelled \(new.name)") }
        if old.type != new.type {
            func word(_ type: String) -> String { type.isEmpty ? "no type" : type }
            out.append("\(word(old.type)) to \(word(new.type))")
        }
        if old.notNull != new.notNull {
            out.append(
                new.notNull == nil
                    ? "NULL allowed" : old.notNull == nil ? "NOT NULL" : "NOT NULL's form")
        }
        if old.default != new.default {
            out.append(
                new.default == nil ? "no default" : "default \(new.default?.written.text ?? "")")
        }
        if old.collation != new.collation { out.append("COLLATE \(new.collation ?? "BINARY")") }
        if old.generated != new.generated {
            out.append(new.generated == nil ? "no longer generated" : "generated")
        }
        return out.joined(separator: ", ")
    }

    /// What running code may trip over.
    static func breaks(
        _ change: Change<SQLiteObject>, old: TableState, new: TableState
    ) -> [Effects.Break] {
        let id = change.id
        func item(_ consequence: String, _ isFailure: Bool) -> Effects.Break {
            Effects.Break(object: id, consequence: consequence, isFailure: isFailure)
        }
        switch change {
        case .create(let object): return created(object, item)
        case .drop(let object): return dropped(object, item)
        case .alter(let before, let after):
            switch (before.definition, after.definition) {
            case (.column(let one), .column(let other)): return altered(one, other, item)
            case (.table(let one), .table(let other)): return altered(one, other, old, item)
            case (.constraint(let one), .constraint(let other)) where one.hasSameKeys(as: other):
                return altered(one, other, item)
            case (_, _): return dropped(before, item) + created(after, item)
            }
        }
    }

    /// The same for an index or trigger, whose table does not matter.
    static func breaks(ofAttachment change: Change<SQLiteObject>) -> [Effects.Break] {
        func item(_ consequence: String, _ isFailure: Bool) -> Effects.Break {
            Effects.Break(object: change.id, consequence: consequence, isFailure: isFailure)
        }
        switch change {
        case .create(let object): return created(object, item)
        case .drop(let object): return dropped(object, item)
        case .alter(let before, let after): return dropped(before, item) + created(after, item)
        }
    }

    private typealias Item = (_ consequence: String, _ isFailure: Bool) -> Effects.Break

    private static func created(_ object: SQLiteObject, _ item: Item) -> [Effects.Break] {
        switch object.definition {
        case .column(let column):
            guard column.notNull != nil, column.default == nil, column.generated == nil else {
                return []
            }
            return [item("an INSERT that does not name \(column.name) fails", true)]
        case .constraint: return [item("a row that breaks it is refused", true)]
        case .index(let index):
            return index.isUnique ? [item("a row with a key that is there is refused", true)] : []
        case .trigger: return [item("it runs for what is written", false)]
        case .table, .view, .data, .statement: return []
        }
    }

    private static func dropped(_ object: SQLiteObject, _ item: Item) -> [Effects.Break] {
        switch object.definition {
        case .column(let column): return [item("statements that name \(column.name) fail", true)]
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey, .unique:
                return [item("ON CONFLICT that names its columns fails", true)]
            case .check, .foreignKey: return []
            }
        case .index(let index):
            return index.isUnique
                ? [item("ON CONFLICT that names its columns fails", true)]
                : [item("queries that used it become slower", false)]
        case .trigger: return [item("it no longer runs for what is written", false)]
        case .view, .table: return [item("statements that use \(object.id.name) fail", true)]
        case .data, .statement: return []
        }
    }

    private static func altered(
        _ old: ColumnDefinition, _ new: ColumnDefinition, _ item: Item
    ) -> [Effects.Break] {
        var out: [Effects.Break] = []
        if old.notNull == nil, new.notNull != nil {
            out.append(item("writing NULL into \(new.name) fails", true))
        }
        if old.generated == nil, new.generated != nil {
            out.append(item("statements that write \(new.name) fail", true))
        }
        if old.default != new.default {
            out.append(item("an INSERT that does not name \(new.name) writes another value", false))
        }
        if old.collation != new.collation {
            out.append(item("its texts are compared in another way", false))
        }
        return out
    }

    private static func altered(
        _ old: TableDefinition, _ new: TableDefinition, _ state: TableState, _ item: Item
    ) -> [Effects.Break] {
        var out: [Effects.Break] = []
        if !old.isStrict, new.isStrict {
            out.append(item("values that are not of their column's type are refused", true))
        }
        if !old.isWithoutRowID, new.isWithoutRowID {
            out.append(item("statements that name its rowid fail, and the rowids are lost", true))
        }
        return out
    }

    /// Of a key that stays what it is.
    private static func altered(
        _ old: ConstraintDefinition, _ new: ConstraintDefinition, _ item: Item
    ) -> [Effects.Break] {
        var out: [Effects.Break] = []
        if old.conflict != new.conflict {
            out.append(item("a row that breaks it is dealt with in another way", false))
        }
        guard old.isAutoincrement != new.isAutoincrement else { return out }
        return out + [
            item(
                new.isAutoincrement
                    ? "numbers of deleted rows are not given again"
                    : "its counter is lost: numbers of deleted rows may be given again", false)
        ]
    }
}

extension ConstraintDefinition {
    /// Whether both are keys by which the same rows are told apart.
    fileprivate func hasSameKeys(as other: ConstraintDefinition) -> Bool {
        switch (rule, other.rule) {
        case (.primaryKey(let one), .primaryKey(let two)): one.columns == two.columns
        case (.unique(let one), .unique(let two)): one.columns == two.columns
        case (.primaryKey, _), (.unique, _), (.check, _), (.foreignKey, _): false
        }
    }

    fileprivate var conflict: ConflictClause? {
        switch rule {
        case .primaryKey(let key): key.conflict
        case .unique(let key): key.conflict
        case .check, .foreignKey: nil
        }
    }

    fileprivate var isAutoincrement: Bool {
        switch rule {
        case .primaryKey(let key): key.isAutoincrement
        case .unique, .check, .foreignKey: false
        }
    }
}
