// Owns how managed rows come, change and go. Invariants: the rows of a table take one step each
// way, however many they are; only the values that manifests name are written; a row that a table
// does not take makes its step fail, whatever conflict clauses say.

internal import Planning
internal import SchemaCore

/// The operations of rows.
struct RowOperations {
    /// Rows of which one statement speaks: SQLite limits how deep expressions are.
    static let rowsPerStatement = 100

    let context: PlanContext
    var tables: [ObjectID: RowChanges] { context.rows }
    private let ranks: TableRanks

    init(context: PlanContext) {
        self.context = context
        ranks = TableRanks(of: context.rows.keys, parents: context.parents)
    }

    /// What stands for the rows of a table.
    static func id(_ table: ObjectID) -> ObjectID { Steps.id(table) }

    private typealias Steps = RowSteps<SQLiteObject, DataDefinition>

    private func steps(_ table: ObjectID) -> Steps { Steps(table, in: tables, ranks: ranks) }

    /// What cannot be told apart is not guessed.
    func problems(_ spans: [ObjectID: SourceSpan]) -> [Diagnostic] {
        let keys = Dictionary(
            context.desired.objects.values.compactMap { object -> (ObjectID, Set<String>)? in
                guard case .data(let row) = object.definition else { return nil }
                return (.table(row.table), row.foldedKey)
            }, uniquingKeysWith: { one, _ in one })
        return tables.sorted { $0.key < $1.key }.compactMap { id, changes in
            guard let key = keys[id],
                let row = changes.dropped.first(where: { $0.row.foldedKey != key })
            else { return nil }
            return .error(
                "unsupported-change",
                "the rows of \(id) were told apart by \(row.row.key.joined(separator: ", ")), and "
                    + "are now by \(key.sorted().joined(separator: ", "))",
                at: spans[id],
                help: "keep the key: which of the rows are the same cannot be told")
        }
    }

    /// - Parameter rebuilt: the tables that are rebuilt, whose rows are copied with their values.
    func operations(rebuilt: Set<ObjectID>) -> [Operation] {
        tables.sorted { $0.key < $1.key }.flatMap { id, changes -> [Operation] in
            var update = update(changes, of: id)
            // The way back is a rebuild, too: the new table need not take the old values.
            if rebuilt.contains(id) { update?.undo.statements = [] }
            let operations: [(TriggerDefinition.Event, Operation?)] = [
                (.delete, deletion(changes, of: id)), (.update, update),
                (.insert, insertion(changes, of: id)),
            ]
            return operations.compactMap { event, operation in
                guard var operation else { return nil }
                let columns = event == .update ? changes.updated : []
                FiredTriggers(event, id, columns, context).tell(in: &operation)
                return operation
            }
        }
    }

    // MARK: - Operations

    private func insertion(_ changes: RowChanges, of table: ObjectID) -> Operation? {
        let rows = changes.created
        guard !rows.isEmpty else { return nil }
        var operation = steps(table).insertion(
            RowSQL.insert(rows.map(\.row)),
            undo: Undo(.exact, texts(RowSQL.delete(rows.map(\.row)))))
        arrive(at: table, in: &operation)
        return operation
    }

    private func update(_ changes: RowChanges, of table: ObjectID) -> Operation? {
        let rows = changes.altered
        guard !rows.isEmpty else { return nil }
        let updates = RowUpdates(
            TableState(context.desired[table], children: context.newChildren(of: table)))
        let overwritten = rows.filter { !RowSQL.overwritten($0.old.row, $0.new.row).isEmpty }
        let back = updates.statements(rows.map { .init(back: $0.old.row, from: $0.new.row) })
        var operation = steps(table).update(
            updates.statements(rows.map { .init(from: $0.old.row, to: $0.new.row) }),
            undo: Undo(.exact, texts(back)), overwritten: overwritten.count)
        arrive(at: table, in: &operation)
        guard !overwritten.isEmpty else { return operation }
        let conditions = overwritten.map { pair in
            let known = RowSQL.overwritten(pair.old.row, pair.new.row)
            let differs = known.map { name, value -> SQL in
                "\(liveName(name, pair.new.row)) IS NOT \(value.sql)"
            }
            return "\(key(pair.new.row)) AND (\(differs.joined(" OR ")))" as SQL
        }
        operation.probes = [
            probe("overwritten", "rows of \(table.name) whose values change", table, conditions)
        ]
        return operation
    }

    private func deletion(_ changes: RowChanges, of table: ObjectID) -> Operation? {
        let rows = changes.dropped
        guard !rows.isEmpty else { return nil }
        var operation = steps(table).deletion(
            RowSQL.delete(rows.map(\.row)), undo: undo(deleting: rows.map(\.row), of: table))
        operation.effects.locks = context.locks(table)
        // What a trigger writes to when a row goes is still there, as is what the row refers to.
        operation.releases.formUnion(context.ids(of: .statement, context.settled))
        operation.probes = [
            probe("rows", "rows of \(table.name) that go", table, rows.map { key($0.row) })
        ]
        operation.probes += referrers(of: rows.map(\.row), table)
        return operation
    }

    private func arrive(at table: ObjectID, in operation: inout Operation) {
        operation.effects.locks = context.locks(table)
        // What a trigger writes to when a row comes is there already.
        operation.consumes.formUnion(context.ids(of: .statement, context.desired))
    }

    /// Back they come with what is known of them.
    private func undo(deleting rows: [DataDefinition], of table: ObjectID) -> Undo {
        let known = Set((rows.first?.columns ?? []).map(\.asciiFolded))
        let others = context.oldChildren(of: table).compactMap { object -> ColumnDefinition? in
            guard case .column(let column) = object.definition, column.generated == nil,
                !known.contains(column.name.asciiFolded)
            else { return nil }
            return column
        }
        if let needed = others.first(where: { $0.notNull != nil && $0.default == nil }) {
            return Undo(.none(reason: "nothing gives the rows a value for \(needed.name)"), [])
        }
        let names = others.map(\.name).sorted().joined(separator: ", ")
        return Undo(
            others.isEmpty ? .exact : .shape(loses: "the values of \(names)"),
            texts(RowSQL.insert(rows)))
    }

    // MARK: - Questions

    private func probe(
        _ name: String, _ counts: String, _ table: ObjectID, _ conditions: [SQL]
    ) -> Probe {
        let live = context.names.table(table.name) ?? table.name
        let parts = stride(from: 0, to: conditions.count, by: Self.rowsPerStatement).map { start in
            let part = conditions[start..<min(start + Self.rowsPerStatement, conditions.count)]
            let all = part.map { "(\($0))" as SQL }.joined(" OR ")
            return "SELECT count(*) AS n FROM \(name: live) WHERE \(all)" as SQL
        }
        let query: SQL = "SELECT sum(n) FROM (\(parts.joined(" UNION ALL ")))"
        return Probe(
            name: name, counts: counts, object: table, query: Statement(query.text(.sqlite)),
            meaning: .loses)
    }

    private func liveName(_ column: String, _ row: DataDefinition) -> SQL {
        "\(name: context.names.column(row.table.asciiFolded, column.asciiFolded))"
    }

    /// The condition by which a row is found before the plan.
    func key(_ row: DataDefinition) -> SQL {
        zip(row.key, row.keyValues).map { name, value -> SQL in
            "\(liveName(name, row)) IS \(value.sql)"
        }.joined(" AND ")
    }

    private func texts(_ sql: [SQL]) -> [Statement] { sql.map { Statement($0.text(.sqlite)) } }
}

/// What happens to the rows of one table that is there afterwards.
typealias RowChanges = Planning.RowChanges<SQLiteObject, DataDefinition>

extension RowChanges {
    /// What leads the rows that stay back to what they were.
    var reversed: RowChanges { RowChanges(altered: altered.map { ($0.new, $0.old) }) }

    /// The folded names of the columns that rows get other values in.
    var updated: Set<String> {
        Set(
            altered.flatMap { pair in
                RowUpdates.Way(from: pair.old.row, to: pair.new.row).set.map(\.name.asciiFolded)
            })
    }

    /// Whether a row may refer to another one afterwards than before.
    func mayRefer(by columns: [String]) -> Bool { !created.isEmpty || changes(columns) }

    /// Whether a value to which rows may refer may be gone afterwards.
    func mayLeave(_ columns: [String]) -> Bool { !dropped.isEmpty || changes(columns) }

    private func changes(_ columns: [String]) -> Bool {
        let columns = Set(columns.map(\.asciiFolded))
        return altered.contains { pair in
            let before = pair.old.row.valuesByColumn
            return pair.new.row.valuesByColumn.contains { name, value in
                columns.contains(name) && before[name] != value
            }
        }
    }

    /// The rows of a table that goes go with it.
    static func byTable(
        _ changes: some Sequence<Change<SQLiteObject>>, desired: Catalog<SQLiteObject>
    ) -> [ObjectID: RowChanges] {
        byTable(changes, desired: desired) { object in
            guard case .data(let row) = object.definition else { return nil }
            return (.table(row.table), row)
        }
    }
}

extension PlanContext {
    /// The tables to which a table refers, before the plan or after it, in order.
    func parents(of table: ObjectID) -> [ObjectID] {
        let parts = oldChildren(of: table) + newChildren(of: table)
        return Set(
            parts.compactMap { object -> ObjectID? in
                guard case .constraint(let constraint) = object.definition,
                    case .foreignKey(let key) = constraint.rule
                else { return nil }
                return .table(key.table)
            }
        ).subtracting([table]).sorted()
    }

    /// The addresses of one kind.
    func ids(of kind: ObjectKind, _ catalog: Catalog<SQLiteObject>) -> [ObjectID] {
        catalog.objects.keys.filter { $0.kind == kind }
    }
}
