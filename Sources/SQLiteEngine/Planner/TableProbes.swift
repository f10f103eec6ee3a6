internal import Planning
internal import SchemaCore

/// The questions on whose answers the rebuild of a table depends.
struct TableProbes {
    let questions: RowQuestions
    let changed: [Change<SQLiteObject>]

    private var new: TableState { questions.rebuild.new }
    private var old: TableState { questions.rebuild.old }

    /// What changes, with the columns whose values do.
    private var touched: Set<ObjectID> { Set(changed.map(\.id)) }

    func all() -> [Probe] {
        var probes = columns() + questions.conversions()
        let touched = touched
        for object in new.objects.values.sorted(by: { $0.id < $1.id }) {
            // A table that becomes strict changes what all of its columns hold.
            let isNew =
                touched.contains(object.id) || touched.contains(new.id)
                || !object.dependencies.isDisjoint(with: touched.subtracting([new.id]))
            if isNew { probes += self.probes(of: object) }
        }
        return probes
    }

    private func columns() -> [Probe] {
        new.parts.columns.flatMap { column -> [Probe] in
            guard let before = old.column(column.name) else {
                guard column.notNull != nil, column.generated == nil else { return [] }
                if let value = column.default, value.canonical.asciiUppercased != "NULL" {
                    return []
                }
                let isRowID = new.rowIDColumn?.name == column.name
                return isRowID ? [] : [questions.anyRows(column)]
            }
            if column.notNull != nil, before.notNull == nil { return [questions.nulls(column)] }
            let isNumbered = questions.rebuild.numbered?.name == column.name
            return isNumbered ? [questions.numbered(column)] : []
        }
    }

    private func probes(of object: SQLiteObject) -> [Probe] {
        switch object.definition {
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey(let key):
                return [questions.duplicates(key.columns.map(sql), where: nil, object.id.name)]
            case .unique(let key):
                return [questions.duplicates(key.columns.map(sql), where: nil, object.id.name)]
            case .check(let check): return [questions.violators(check, object.id.name)]
            case .foreignKey: return []
            }
        case .index(let index): return index.isUnique ? [questions.duplicates(index)] : []
        case .table, .column, .view, .trigger, .data, .statement: return []
        }
    }

    private func sql(_ key: ConstraintDefinition.KeyColumn) -> SQL {
        let collation = key.collation ?? new.column(key.name)?.collation ?? "BINARY"
        return "\(name: key.name) COLLATE \(name: collation)"
    }
}

extension RowQuestions {
    /// Keys of an index that several rows would have.
    func duplicates(_ index: IndexDefinition) -> Probe {
        let keys = index.keys.map { key -> SQL in
            switch key.element {
            case .column(let name):
                let own = rebuild.new.column(name)?.collation
                return "\(name: name) COLLATE \(name: key.collation ?? own ?? "BINARY")"
            case .expression(let text):
                return "(\(verbatim: text.written)) COLLATE \(name: key.collation ?? "BINARY")"
            }
        }
        return duplicates(
            keys, where: index.predicate.map { "\(verbatim: $0.written)" }, index.name)
    }
}
