internal import Planning
internal import SchemaCore

/// What the strategies may look at: both whole catalogs, and how things are called before the plan.
struct PlanContext {
    let settled: Catalog<SQLiteObject>
    let desired: Catalog<SQLiteObject>
    /// What stands in the file beside what is ours.
    let others: Catalog<SQLiteObject>
    /// All triggers by the folded name of what they stand on, before the plan and after it.
    let triggers: [String: [SQLiteObject]]
    let names: LiveNames
    /// Whether readers go on while a transaction writes: with a write-ahead log.
    let readersGoOn: Bool
    /// The tables of ANALYZE that are there.
    let statistics: [String]
    /// The plan's changes by address.
    let changes: [ObjectID: Change<SQLiteObject>]
    /// What happens to rows, by table.
    let rows: [ObjectID: RowChanges]
    /// Whether SQLite can read all views and triggers that stand in the file, ours or not.
    let isSound: Bool
    private let settledChildren: [ObjectID: [ObjectID]]
    private let desiredChildren: [ObjectID: [ObjectID]]

    init(_ request: PlanningRequest<SQLiteObject>) {
        settled = request.settlement.catalog
        desired = request.desired
        others = request.others
        triggers = Self.triggers([settled, desired, others])
        names = LiveNames(request.live, request.settlement.renames)
        readersGoOn = request.capabilities.readersGoOn
        statistics = request.capabilities.statistics
        changes = Dictionary(
            request.changes.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        rows = RowChanges.byTable(changes.values, desired: desired)
        isSound = ![settled, request.others].contains { catalog in
            catalog.objects.values.contains { object in
                object.isBeyondManifests && (object.id.kind == .view || object.id.kind == .trigger)
            }
        }
        settledChildren = settled.childrenByParent()
        desiredChildren = desired.childrenByParent()
    }

    private static func triggers(
        _ catalogs: [Catalog<SQLiteObject>]
    ) -> [String: [SQLiteObject]] {
        var found: [String: [SQLiteObject]] = [:]
        for object in catalogs.flatMap(\.sorted) {
            guard case .trigger(let trigger) = object.definition else { continue }
            found[trigger.table.asciiFolded, default: []].append(object)
        }
        return found
    }

    /// Whether there is a view of the name, before the plan or after it.
    func isView(_ name: String) -> Bool {
        [settled, desired, others].contains { $0[.view(name)] != nil }
    }

    /// What belongs to a table or view before the plan, but for what moves to another.
    func oldChildren(of id: ObjectID) -> [SQLiteObject] {
        (settledChildren[id] ?? []).compactMap { settled[$0] }.filter { !moves($0) }
    }

    /// What belongs to a table or view after the plan.
    func newChildren(of id: ObjectID) -> [SQLiteObject] {
        (desiredChildren[id] ?? []).compactMap { desired[$0] }
    }

    /// Whether an index or trigger stands on another table or view afterwards.
    func moves(_ object: SQLiteObject) -> Bool {
        desired[object.id].map { $0.parent != object.parent } ?? false
    }

    /// What is asked of the rows of a table that is there before and after.
    func questions(_ table: ObjectID) -> RowQuestions? {
        guard let old = TableState(settled[table], children: oldChildren(of: table)),
            let new = TableState(desired[table], children: newChildren(of: table))
        else { return nil }
        let rebuild = Rebuild(
            old: old, new: new, interim: table.name, rows: rows[table] ?? RowChanges())
        return RowQuestions(rebuild: rebuild, names: names, others: rows)
    }

    func touch(_ id: ObjectID) -> Step.Touch {
        Step.Touch(object: id, before: settled[id]?.digest, after: desired[id]?.digest)
    }

    /// The lock of a step, told at the table that it is about: it is on the whole database
    /// (<https://sqlite.org/lockingv3.html>). Without a write-ahead log a transaction that writes
    /// more than the cache holds keeps readers out, too, until it ends.
    func locks(_ table: ObjectID, writesMuch: Bool = false) -> [Effects.Lock] {
        guard settled[table] != nil else { return [] }
        let keepsReadersOut = writesMuch && !readersGoOn
        return [
            Effects.Lock(
                relation: table,
                mode: keepsReadersOut ? "EXCLUSIVE" : "RESERVED",
                blocks: keepsReadersOut ? .reads : .writes, reach: "the whole database")
        ]
    }

    /// What is to be known of long work. A write-ahead log lets readers go on, and takes all that
    /// is written before the file does (<https://sqlite.org/wal.html>).
    var workNotes: [Effects.WorkNote] {
        if readersGoOn { return [.init(.rewrite, needs: "as much write-ahead log")] }
        return Effects.Work.allCases.map { work in
            .init(
                work,
                wayOut: "give the database a write-ahead log (PRAGMA journal_mode = WAL), with "
                    + "which readers go on meanwhile")
        }
    }

    /// A name for a table that nothing has.
    func interimName(for table: String) -> String {
        var name = "lockstep_new_\(table)"
        func isTaken(_ name: String) -> Bool {
            [ObjectID.table(name), .view(name), .index(name)].contains {
                settled[$0] != nil || desired[$0] != nil
            }
        }
        while isTaken(name) { name += "_" }
        return name
    }
}
