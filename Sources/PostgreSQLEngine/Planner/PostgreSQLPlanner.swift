import Planning
import SchemaCore

/// Makes steps from changes: operations, what must be made again, folding, the one order, the
/// transactions. Pure.
struct PostgreSQLPlanner {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext
    /// What comes or goes within a step for something else.
    private let absorbed: Set<ObjectID>
    private let rowOperations: RowOperations

    init(_ request: PlanningRequest<PostgreSQLObject>) {
        self.request = request
        var created: Set<ObjectID> = []
        for change in request.changes {
            if case .create(let object) = change { created.insert(object.id) }
        }
        // What leaves only so that a type can change is there for everybody else.
        created.subtract(request.settlement.removed.map(\.id))
        let unstated = request.others.filter { $0.statedBy != nil }
        context = PlanContext(
            settled: request.settlement.catalog, desired: request.desired,
            settledIndex: CatalogIndex(request.settlement.catalog),
            desiredIndex: CatalogIndex(request.desired), unstatedIndex: CatalogIndex(unstated),
            capabilities: request.capabilities, options: request.options, created: created,
            facets: Facets(request),
            removed: Dictionary(
                request.settlement.removed.map { ($0.id, $0) }, uniquingKeysWith: { $1 }),
            remade: Dictionary(
                request.settlement.remade.map { ($0.id, $0) }, uniquingKeysWith: { $1 }),
            loosened: request.loosenedTypes,
            former: FormerNames(request.live, request.settlement.renames),
            unstated: unstated,
            defaultPrivileges: [request.settlement.catalog, request.others].flatMap { catalog in
                catalog.objects.values.filter { $0.id.kind == .defaultPrivileges }
            },
            renumberings: Renumbering.all(request.settlement.catalog, request.desired),
            loggingCircles: LoggingCircles(request.settlement.catalog, request.desired),
            tree: TableTree(request.settlement.catalog))
        rowOperations = RowOperations(request, context)
        let changedRows = rowOperations.tables.values.flatMap {
            $0.created.map(\.object.id) + $0.dropped.map(\.object.id)
        }
        absorbed = Set(
            context.renumberings.values.flatMap { $0.objects.map(\.id) } + changedRows)
    }

    func plan() -> PlanningResult {
        var alterations: [ObjectID: Alteration] = [:]
        var roots: [ObjectID] = []
        let problems = rowOperations.problems() + StatementOrder(request: request).problems()
        if problems.hasErrors { return PlanningResult(steps: [], diagnostics: problems) }
        let parted = PartitionedIndex(request, context)
        for change in request.changes {
            guard case .alter(let from, let to) = change, to.id.kind != .data else { continue }
            let alteration = parted.alteration(from: from, to: to)
            alterations[to.id] = alteration
            if case .recreate = alteration { roots.append(to.id) }
        }
        let staying = context.loggingCircles.keys.filter { request.desired[$0] != nil }
        roots += staying.filter { context.settled[$0] != nil && !roots.contains($0) }
        let rows = RowTypeUse(request)
        let valued = valuedColumns()
        var stranded = Stranded(request, alterations).objects
        for held in rows.heldUp(by: valued) { stranded[held.function] = held.column }
        let attributes = AttributeUse(request, context)
        stranded.merge(attributes.stranded) { first, _ in first }
        let recreation = Recreation(
            of: roots, stranded: stranded, settled: request.settlement.catalog,
            tree: context.tree, desired: request.desired)
        if recreation.diagnostics.hasErrors {
            return PlanningResult(steps: [], diagnostics: recreation.diagnostics)
        }
        let unplaced = operations(alterations, recreation)
        let held =
            rows.diagnostics(unplaced, columns: valued) + attributes.diagnostics()
            + DomainsInside(request).diagnostics(unplaced)
            + IdentityAbove(request, context.tree).diagnostics(unplaced)
            + InheritedColumns(request).diagnostics()
            + NotNullNamesBelow(request, context.tree).diagnostics(recreation.swaps.values.joined())
            + ClingingColumns(request).diagnostics(unplaced, swapped: recreation.swaps.keys)
        if held.hasErrors { return PlanningResult(steps: [], diagnostics: held) }
        let operations = recreation.staged(
            AskedOrder(request, context).placed(rows.placed(unplaced, columns: valued)), request,
            context)
        let taken = TakenNames(request).diagnostics(operations, spans: request.spans)
        if taken.hasErrors { return PlanningResult(steps: [], diagnostics: taken) }
        let order = { operations, isStrict in
            orderedWhole(operations, isStrict, group: { group(of: $0, recreation) })
        }
        switch Staging(request, context, recreation).ordered(operations, by: order) {
        case .success(let sorted):
            let removed = sorted.flatMap(Self.removed)
            let dropped = removed.filter { request.desired[$0] == nil }
            return PlanningResult(
                steps: steps(sorted, recreation), diagnostics: RoleDefinition.notes(request),
                removed: live(removed), dropped: live(dropped),
                retyped: live(sorted.flatMap(Self.retyped)))
        case .failure(let error): return PlanningResult(steps: [], diagnostics: [error.diagnostic])
        }
    }

    // MARK: - Operations

    /// The columns of tables that are there to which the server gives values.
    private func valuedColumns() -> Set<ObjectID> {
        var columns = Set(request.settlement.retyped.map(\.column))
        for change in request.changes {
            guard case .create(let object) = change, case .column(let column) = object.definition,
                request.settlement.catalog[RowTypeUse.table(of: object.id)] != nil
            else { continue }
            let path = object.id.path
            if column.identity != nil || column.generated != nil
                || request.desired[.columnDefault(path[0], path[1], path[2])] != nil
            {
                columns.insert(object.id)
            }
        }
        return columns
    }

    private func operations(
        _ alterations: [ObjectID: Alteration], _ recreation: Recreation
    ) -> [Operation] {
        let addresses = AddressMap(request.settlement.renames)
        let moved = request.settlement.addresses.filter { addresses.settled($0.key) != $0.value }
        var operations = context.renames(
            request.settlement.renames, live: request.live, moved: Set(moved.values))
        operations += context.retypes(request.settlement, live: request.live).map { operation in
            // What is made anew for its expression has the new type before it goes.
            var operation = operation
            if recreation.contains(operation.subject) {
                operation.releases.insert(operation.subject)
            }
            return operation
        }
        operations += Reparentings(request, context).operations()
        operations += removals(recreation)
        let leaving = Set(recreation.causes.keys).union(request.settlement.removed.map(\.id))
        operations += FreedSequences(request, context).operations(leaving)
        for (id, columns) in recreation.swaps.sorted(by: { $0.key < $1.key }) {
            guard let old = request.settlement.catalog[id], let new = request.desired[id],
                case .enum(let from) = old.definition, case .enum(let to) = new.definition
            else { continue }
            let swap = context.swap(of: old, from, to: new, to, columns: columns)
            operations.append(swap.saying(context.carried(with: id, isStated: true)))
        }
        for change in request.changes where !absorbed.contains(change.id) {
            switch change {
            case .create(let object): operations += context.creation(of: object)
            case .drop: break
            case .alter(_, let object):
                if recreation.contains(object.id) { break }
                if case .inPlace(let list) = alterations[object.id] { operations += list }
            }
        }
        for (id, cause) in recreation.causes.sorted(by: { $0.key < $1.key }) {
            guard let object = request.desired[id] else { continue }
            operations += context.creation(of: object).map {
                AttributeUse.after(cause, plain($0, unless: cause == id))
            }
        }
        operations += rowOperations.operations()
        return StatementOrder(request: request).placed(
            context.aboveTables(
                context.belowColumns(
                    PlanContext.withRolesLast(PlanContext.withDefaultsLast(operations)))))
    }

    /// Drops, each with what vanishes with it. An index that leaves only for another's sake stays
    /// in its transaction.
    private func removals(_ recreation: Recreation) -> [Operation] {
        var leaving: [ObjectID: PostgreSQLObject] = [:]
        for change in request.changes {
            if case .drop(let object) = change, !absorbed.contains(object.id) {
                leaving[object.id] = object
            }
        }
        for id in recreation.causes.keys { leaving[id] = request.settlement.catalog[id] }
        for object in request.settlement.removed { leaving[object.id] = object }
        let removed = Set(request.settlement.removed.map(\.id))
        // What drags others along stays in their transaction.
        let needsNeighbours = Set(
            recreation.causes.lazy.filter { $0.key != $0.value && $0.key.subject == nil }.map(
                \.value))
        var implied: [ObjectID: [PostgreSQLObject]] = [:]
        var heads: [PostgreSQLObject] = []
        for object in leaving.values.sorted(by: { $0.id < $1.id }) {
            if let head = head(of: object, in: leaving) {
                implied[head, default: []].append(object)
            } else {
                heads.append(object)
            }
        }
        return heads.map { object in
            let returns = request.desired[object.id] != nil
            let operation = context.removal(
                of: object, implied: implied[object.id] ?? [], isRecreation: returns)
            let isOwnChange = recreation.causes[object.id] == object.id
            if needsNeighbours.contains(object.id) { return plain(operation, unless: false) }
            return plain(operation, unless: !returns || isOwnChange && !removed.contains(object.id))
        }
    }

    /// With what an object vanishes; nil if it has to be removed by itself.
    private func head(
        of object: PostgreSQLObject, in leaving: [ObjectID: PostgreSQLObject]
    ) -> ObjectID? {
        // Foreign keys leave one by one, so that tables that refer to each other can.
        if case .constraint(let constraint) = object.definition,
            case .foreignKey = constraint.rule
        {
            return nil
        }
        if object.id.subject != nil || object.id.kind.isPart {
            // What it says something about; the schema comes last, for it leaves after all in it.
            let carriers = object.dependencies.union(object.parent.map { [$0] } ?? [])
                .union(object.id.subject.map { [$0] } ?? [])
            let inner = carriers.filter { $0.kind != .schema }
            for carrier in inner.sorted() + carriers.subtracting(inner).sorted() {
                guard let host = leaving[carrier] else { continue }
                return head(of: host, in: leaving) ?? host.id
            }
            return nil
        }
        if let type = BaseTypes.type(of: object, in: leaving) { return type }
        var top: ObjectID?
        var parent = object.parent
        while let id = parent {
            if id.kind == .schema { break }
            if leaving[id] != nil { top = id }
            parent = request.settlement.catalog[id]?.parent ?? leaving[id]?.parent
        }
        return top
    }

    private static func removed(by operation: Operation) -> Set<ObjectID> {
        switch operation.verb {
        case "drop", "replace", "exchange": operation.destroys
        case "swap": [operation.subject]
        case "add-identity": operation.destroys.subtracting([operation.subject])
        default: []
        }
    }

    private static func retyped(by operation: Operation) -> Set<ObjectID> {
        switch operation.verb {
        case "retype": [operation.subject]
        case "swap": operation.destroys.subtracting([operation.subject])
        default: []
        }
    }

    /// Addresses as they are after the renames, with those that the same objects have before.
    private func live(_ settled: some Sequence<ObjectID>) -> Set<ObjectID> {
        let settled = Set(settled)
        if request.settlement.renames.isEmpty { return settled }
        let addresses = request.settlement.addresses
        return settled.union(
            request.live.ids.filter { addresses[$0].map(settled.contains) ?? false })
    }

    /// The same operation without the concurrent form.
    private func plain(_ operation: Operation, unless keeps: Bool) -> Operation {
        if keeps { return operation }
        var copy = operation
        switch operation.form {
        case .statements, .concurrentDetach: break
        case .concurrentBuild:
            guard let object = request.desired[operation.subject] else { return operation }
            copy.form = .statements(object.creation)
            copy.effects.locks = copy.effects.locks.map { .share($0.relation) }
            copy.effects.scans = copy.effects.locks.map(\.relation)
        case .concurrentDrop:
            copy.form = .statements(["DROP INDEX \(name: operation.subject.path)"])
            copy.effects.locks = copy.effects.locks.map { .accessExclusive($0.relation) }
        }
        return copy
    }

    // MARK: - Order

    /// In order, with tables as whole as that allows: what a circle goes through is made piece by
    /// piece. Strictly no other circle is opened.
    private func orderedWhole(
        _ operations: [Operation], _ isStrict: Bool, group: (Operation) -> ObjectID
    ) -> Result<[Operation], Circle> {
        let folding = TableFolding(
            context: context, pending: Set(operations.flatMap(\.produces)),
            creations: Set(operations.filter { $0.verb == "create" }.map(\.subject)))
        var apart: Set<ObjectID> = []
        while true {
            let attempt = ordered(folding.fold(operations, apart: apart), isStrict, group: group)
            guard case .failure(let circle) = attempt else { return attempt }
            let more = circle.subjects.subtracting(apart)
            if more.isEmpty { return ordered(operations, isStrict, group: group) }
            apart.formUnion(more)
        }
    }

    private func ordered(
        _ operations: [Operation], _ isStrict: Bool, group: (Operation) -> ObjectID
    ) -> Result<[Operation], Circle> {
        var operations = BaseTypes.folded(operations, context)
        var keepsOverloadsApart = true
        while true {
            switch OperationOrder(operations).sorted(group: group) {
            case .sorted(let sorted): return .success(sorted)
            case .cycle(let cycle):
                if isStrict { return .failure(Circle(of: cycle.map { operations[$0] })) }
                if keepsOverloadsApart {
                    // A call need not be ambiguous; the server tells if it is.
                    keepsOverloadsApart = false
                    for index in operations.indices {
                        operations[index].takes = operations[index].takes.filter {
                            $0.space != .overloads
                        }
                    }
                    continue
                }
                guard let split = CycleSplit.split(operations, cycle: cycle, context) else {
                    return .failure(Circle(of: cycle.map { operations[$0] }))
                }
                operations = split
            }
        }
    }

    /// What stands together in the order: all that one change drags along, else all of a table.
    private func group(of operation: Operation, _ recreation: Recreation) -> ObjectID {
        let id = operation.subject.subject ?? operation.subject
        if let cause = recreation.causes[id] { return cause }
        if recreation.swaps[id] != nil { return id }
        if let first = request.settlement.retyped.first,
            operation.verb == "retype"
                || request.settlement.removed.contains(where: { $0.id == id })
        {
            return first.column
        }
        switch id.kind {
        case .column, .columnDefault, .constraint: return .table(id.path[0], id.path[1])
        case .index:
            if case .index(let index)? = (request.desired[id] ?? request.settlement.catalog[id])?
                .definition
            {
                return index.owner(of: id)
            }
            return id
        default: return id
        }
    }

    // MARK: - Steps

    private func steps(_ operations: [Operation], _ recreation: Recreation) -> [PlannedStep] {
        let returning = recreation.returning(request)
        let operations = TransactionPlan.gathered(operations, returning: returning)
        let transactions = TransactionPlan(operations, returning: returning)
        return operations.map { operation in
            var operation = operation
            operation.touches = touches(operation, recreation)
            let called = context.called(by: operation)
            for index in operation.probes.indices {
                operation.probes[index].reads += called
            }
            operation.requirements.formUnion(context.requirements(of: operation))
            if operation.goesDown {
                operation.effects.locks = context.tree.widened(operation.effects.locks)
            }
            operation.effects = operation.effects.noting(Self.workNotes)
            return operation
        }.steps(in: .postgreSQL, transactions: transactions.transactions)
    }

    /// What is to be known of long work (<https://www.postgresql.org/docs/current/wal-intro.html>;
    /// NOT VALID and CONCURRENTLY in the pages of ALTER TABLE and CREATE INDEX).
    private static let workNotes: [Effects.WorkNote] = [
        .init(
            .rewrite, needs: "as much log, which goes to replicas, too",
            wayOut: "split the change: add a new column, fill it in batches, drop the old one "
                + "later"),
        .init(
            .scan,
            wayOut: "split the change: add the constraint without validating it, and validate it "
                + "in a step of its own"),
        .init(.build, wayOut: "plan with concurrent index builds, which let others work"),
    ]

    /// What is made again was gone before.
    private func touches(_ operation: Operation, _ recreation: Recreation) -> [Step.Touch] {
        guard operation.verb == "create" else { return operation.touches }
        return operation.touches.map { touch in
            recreation.contains(touch.object)
                ? Step.Touch(object: touch.object, before: nil, after: touch.after) : touch
        }
    }
}
