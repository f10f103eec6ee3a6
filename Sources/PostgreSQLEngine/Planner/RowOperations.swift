// Owns how managed rows come, change and go. Invariants: the rows of a table take one step each
// way, however many they are; only the values that manifests name are written; what others do when
// rows change (triggers, foreign keys) is told.

import Planning
import SchemaCore

/// The operations of rows.
struct RowOperations {
    typealias Changes = RowChanges<PostgreSQLObject, DataDefinition>
    private typealias Steps = RowSteps<PostgreSQLObject, DataDefinition>

    let request: PlanningRequest<PostgreSQLObject>
    let context: PlanContext
    let tables: [ObjectID: Changes]
    private let ranks: TableRanks
    /// Triggers and rules, ours or not, before the plan and after it.
    private let programs: [PostgreSQLObject]
    /// Foreign keys in the same way.
    let foreignKeys: [Reference]
    private let uniqueKeys: RowKeys
    /// By table, the order in which its rows get other values.
    private let ways: [ObjectID: RowWays]
    private let feeds: RowFeeds

    /// A foreign key between two tables.
    struct Reference {
        var id: ObjectID
        var from: ObjectID
        var to: ObjectID
        var key: ConstraintDefinition.ForeignKey
        var isDeferrable: Bool
        var isInitiallyDeferred: Bool
    }

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.request = request
        self.context = context
        let tables = Self.changes(request)
        self.tables = tables
        let uniqueKeys = RowKeys(request, of: Set(tables.keys))
        self.uniqueKeys = uniqueKeys
        feeds = RowFeeds(request.desired)
        ways = tables.reduce(into: [:]) { ways, item in
            let rows = item.value.altered.map { ($0.old.row, $0.new.row) }
            if !rows.isEmpty { ways[item.key] = RowWays(rows, keys: uniqueKeys.of(item.key)) }
        }
        var programs: [ObjectID: PostgreSQLObject] = [:]
        var keys: [ObjectID: Reference] = [:]
        let all =
            tables.isEmpty ? [] : [request.others, request.settlement.catalog, request.desired]
        for object in all.lazy.flatMap(\.objects.values) {
            switch object.definition {
            case .constraint(let constraint):
                guard case .foreignKey(let key) = constraint.rule,
                    let to = constraint.referredTable(in: object.id.path[0])
                else { continue }
                keys[object.id] = Reference(
                    id: object.id, from: context.table(of: object.id), to: to, key: key,
                    isDeferrable: constraint.isDeferrable,
                    isInitiallyDeferred: constraint.isInitiallyDeferred)
            case .plain(.trigger), .plain(.rule): programs[object.id] = object
            case .schema, .extension, .table, .column, .columnDefault, .index, .enum, .sequence,
                .view, .function, .comment, .plain:
                continue
            }
        }
        self.programs = programs.values.sorted { $0.id < $1.id }
        let found = keys.values.sorted { $0.id < $1.id }
        foreignKeys = found
        ranks = TableRanks(of: tables.keys) { table in
            Set(found.lazy.filter { $0.from == table && $0.to != table }.map(\.to)).sorted()
        }
    }

    /// The changes of the rows of tables that stay.
    static func changes(_ request: PlanningRequest<PostgreSQLObject>) -> [ObjectID: Changes] {
        RowChanges.byTable(request.changes, desired: request.desired) { object in
            guard case .plain(.data(let row)) = object.definition else { return nil }
            return (object.id.tableOfRow, row)
        }
    }

    /// What cannot be told apart is not guessed.
    func problems() -> [Diagnostic] {
        var keys: [ObjectID: [String]] = [:]
        for object in request.desired.objects.values {
            guard case .plain(.data(let row)) = object.definition else { continue }
            keys[object.id.tableOfRow] = row.key
        }
        let swaps = ways.sorted { $0.key < $1.key }.flatMap { table, ways in
            ways.stuck.map { swapped($0, in: table) }
        }
        return swaps
            + tables.sorted { $0.key < $1.key }.compactMap { table, changes in
                guard let key = keys[table],
                    let row = changes.dropped.first(where: { Set($0.row.key) != Set(key) })
                else { return nil }
                return .error(
                    "unsupported-change",
                    "the rows of \(table) were told apart by "
                        + "\(row.row.key.joined(separator: ", ")), and are now by "
                        + key.joined(separator: ", "),
                    at: request.spans[table],
                    help: "keep the key: which of the rows are the same cannot be told")
            }
    }

    private func swapped(_ swap: RowWays.Swap, in table: ObjectID) -> Diagnostic {
        let (row, holder) = (swap.row.id(in: table), swap.holder.id(in: table))
        return .error(
            "unsupported-change",
            "\(row) takes a value that \(holder) gives up, which takes another in turn: "
                + "\(swap.key) looks at each row by itself, and nothing can stand there meanwhile",
            at: request.spans[row] ?? request.desired[row]?.span ?? request.spans[table],
            help: "make it a deferrable constraint, or give \(holder) a value that no row has "
                + "first, in a change of its own")
    }

    /// The rows that come or go, which are no changes of their own.
    var changed: [ObjectID] {
        tables.values.flatMap { $0.created.map(\.object.id) + $0.dropped.map(\.object.id) }
    }

    /// The operations, in no order.
    func operations() -> [Operation] {
        let circles = RowCircles(tables.keys.sorted(), foreignKeys)
        let operations = tables.sorted { $0.key < $1.key }.flatMap { table, changes in
            let operations: [(TriggerDefinition.Event, Operation?)] = [
                (.delete, deletion(changes, of: table)), (.update, update(changes, of: table)),
                (.insert, insertion(changes, of: table)),
            ]
            return operations.compactMap { event, operation -> Operation? in
                guard var operation else { return nil }
                operation.effects.locks = context.locks([.rowExclusive(table)])
                let columns = changes.altered.flatMap { $0.new.row.changed(from: $0.old.row) }
                operation.fires(fired(by: event, Set(columns), of: table))
                return operation
            }
        }
        return circles.merged(operations).map { circles.waiting($0) }
    }

    // MARK: - Operations

    private func insertion(_ changes: Changes, of table: ObjectID) -> Operation? {
        if changes.created.isEmpty { return nil }
        let rows = changes.created.map(\.row)
        let sql = RowSQL(
            table: table, overridesIdentity: hasIdentity(rows, of: table, request.desired))
        var operation = Steps(table, in: tables, ranks: ranks).insertion(
            sql.insert(rows), undo: Undo(.exact, context.statements(sql.delete(rows))))
        arrive(&operation)
        feeds.advance(past: rows.map { ($0, $0.columns) }, of: table, in: &operation)
        return operation
    }

    private func update(_ changes: Changes, of table: ObjectID) -> Operation? {
        if changes.altered.isEmpty { return nil }
        guard let ways = ways[table] else { return nil }
        let sql = RowSQL(table: table)
        let overwritten = changes.altered.filter {
            !$0.new.row.overwritten(from: $0.old.row).isEmpty
        }
        let back = RowWays(ways.reversed, keys: uniqueKeys.of(table))
        var operation = Steps(table, in: tables, ranks: ranks).update(
            sql.statements(ways) { $0.new.changed(from: $0.old) },
            // What was not known before stays as it is.
            undo: Undo(
                .exact,
                context.statements(sql.statements(back) { $0.old.overwritten(from: $0.new) })),
            overwritten: overwritten.count)
        arrive(&operation)
        operation.effects.revalues = Set(
            changes.altered.flatMap { $0.new.row.changed(from: $0.old.row) }
        ).sorted().map { .column(table.path[0], table.name, $0) }
        feeds.advance(
            past: changes.altered.map { ($0.new.row, $0.new.row.changed(from: $0.old.row)) },
            of: table, in: &operation)
        if overwritten.isEmpty { return operation }
        let conditions = overwritten.map { pair -> SQL in
            let (old, new) = (pair.old.row, pair.new.row)
            let written = new.writtenByColumn
            let differs = new.overwritten(from: old).map { name -> SQL in
                """
                \(name: name)::pg_catalog.text IS DISTINCT FROM \
                \(RowSQL.literal(written[name] ?? nil))
                """
            }
            return "(\(RowSQL.any(of: [new])) AND (\(differs.joined(" OR "))))"
        }
        operation.probes = [
            count(
                "overwritten", "rows of \(table.dottedPath) whose values change", table,
                conditions.joined(" OR "))
        ]
        operation.probes += followers(
            of: overwritten.map(\.old.row), in: table,
            changing: Set(overwritten.flatMap { $0.new.row.overwritten(from: $0.old.row) }),
            &operation)
        return operation
    }

    private func deletion(_ changes: Changes, of table: ObjectID) -> Operation? {
        if changes.dropped.isEmpty { return nil }
        let rows = changes.dropped.map(\.row)
        let sql = RowSQL(
            table: table,
            overridesIdentity: hasIdentity(rows, of: table, request.settlement.catalog))
        var operation = Steps(table, in: tables, ranks: ranks).deletion(
            sql.delete(rows), undo: undo(deleting: rows, of: table, sql))
        operation.releases.formUnion(statements(in: request.settlement.catalog))
        operation.probes = [
            count("rows", "rows of \(table.dottedPath) that go", table, RowSQL.any(of: rows))
        ]
        operation.probes += followers(of: rows, in: table, changing: nil, &operation)
        return operation
    }

    /// What a trigger calls or writes to when a row comes is there already, and the row meets all
    /// that the table is to hold.
    private func arrive(_ operation: inout Operation) {
        operation.consumes.formUnion(statements(in: request.desired))
    }

    private func statements(in catalog: Catalog<PostgreSQLObject>) -> [ObjectID] {
        catalog.objects.keys.filter { $0.kind == .statement }
    }

    /// Back they come with what is known of them.
    private func undo(
        deleting rows: [DataDefinition], of table: ObjectID, _ sql: RowSQL
    ) -> Undo {
        let known = Set(rows.flatMap(\.columns))
        let catalog = request.settlement.catalog
        let others = columns(of: table, in: catalog).filter { name, column in
            column.generated == nil && !known.contains(name)
        }
        let needed = others.first { name, column in
            column.isNotNull && column.identity == nil
                && catalog[.columnDefault(table.path[0], table.name, name)] == nil
        }
        if let needed {
            return Undo(.none(reason: "nothing gives the rows a value for \(needed.name)"), [])
        }
        let names = others.map(\.name).joined(separator: ", ")
        return Undo(
            others.isEmpty ? .exact : .shape(loses: "the values of \(names)"),
            context.statements(sql.insert(rows)))
    }

    // MARK: - What tables have

    private func columns(
        of table: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> [(name: String, column: ColumnDefinition)] {
        catalog.objects.values.compactMap { object -> (name: String, column: ColumnDefinition)? in
            guard case .column(let column) = object.definition,
                context.table(of: object.id) == table
            else { return nil }
            return (object.id.name, column)
        }.sorted { $0.name.precedesByBytes($1.name) }
    }

    private func hasIdentity(
        _ rows: [DataDefinition], of table: ObjectID, _ catalog: Catalog<PostgreSQLObject>
    ) -> Bool {
        Set(rows.flatMap(\.columns)).contains { name in
            guard
                case .column(let column)? = catalog[.column(table.path[0], table.name, name)]?
                    .definition
            else { return false }
            return column.identity?.isAlways == true
        }
    }

    /// The triggers and rules that an event sets off.
    private func fired(
        by event: TriggerDefinition.Event, _ columns: Set<String>, of table: ObjectID
    ) -> [ObjectID] {
        programs.filter { object in
            guard context.table(of: object.id) == table else { return false }
            switch object.definition {
            case .plain(.trigger(let trigger)):
                return trigger.events.contains(event) && trigger.firing.isUsual
                    && (event != .update || trigger.columns.isEmpty
                        || !columns.isDisjoint(with: trigger.columns))
            case .plain(.rule(let rule)):
                return rule.event.rawValue == event.rawValue && rule.firing.isUsual
            case .schema, .extension, .table, .column, .columnDefault, .constraint, .index, .enum,
                .sequence, .view, .function, .comment, .plain:
                return false
            }
        }.map(\.id)
    }

    /// A question that counts rows of a table under the names of now.
    func count(_ name: String, _ counts: String, _ table: ObjectID, _ condition: SQL) -> Probe {
        context.probe(
            name, counting: counts, of: table,
            "SELECT count(*) FROM \(context.former.rows(of: table)) WHERE \(condition)", .loses,
            reads: [table])
    }
}

extension TriggerDefinition.Firing {
    /// Whether it fires for what plans do.
    fileprivate var isUsual: Bool {
        switch self {
        case .origin, .always: true
        case .replica, .never: false
        }
    }
}

extension Effects.Lock {
    static func rowExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "ROW EXCLUSIVE", blocks: .nothing)
    }
}
