import SchemaCore

/// What has to be removed and made again, with all that hangs on it, computed from the server's
/// own dependencies; never by CASCADE.
struct Recreation {
    /// The objects, each with the change that made it necessary.
    private(set) var causes: [ObjectID: ObjectID] = [:]
    /// Enums whose labels are removed or moved, with the columns of that type.
    private(set) var swaps: [ObjectID: [PostgreSQLObject]] = [:]
    /// Changes that cannot be made.
    private(set) var diagnostics: [Diagnostic] = []

    private let settled: Catalog<PostgreSQLObject>
    private let desired: Catalog<PostgreSQLObject>
    private let dependants: [ObjectID: Set<ObjectID>]
    private let tree: TableTree

    /// Computes the closure.
    ///
    /// - Parameters:
    ///   - roots: what cannot be altered in place.
    ///   - stranded: what stands on something that goes, each with that.
    init(
        of roots: [ObjectID], stranded: [ObjectID: ObjectID] = [:],
        settled: Catalog<PostgreSQLObject>, tree: TableTree,
        desired: Catalog<PostgreSQLObject>
    ) {
        self.settled = settled
        self.desired = desired
        self.tree = tree
        dependants = roots.isEmpty && stranded.isEmpty ? [:] : settled.dependants()
        var queue: [(id: ObjectID, cause: ObjectID)] = []
        for root in roots.sorted() {
            if root.kind == .table {
                diagnostics.append(unsupported(table: root))
                continue
            }
            if root.kind == .enum { swaps[root] = [] } else { causes[root] = root }
            queue.append((root, root))
        }
        for (id, origin) in stranded.sorted(by: { $0.key < $1.key }) {
            // The drop stands first among what it drags along.
            if spread(to: id, from: origin, cause: origin) { queue.append((id, origin)) }
        }
        while let (id, cause) = queue.popLast() {
            for dependant in (dependants[id] ?? []).sorted() where desired[dependant] != nil {
                if spread(to: dependant, from: id, cause: cause) {
                    queue.append((dependant, cause))
                }
            }
        }
        for (id, columns) in swaps {
            let below = Set(columns.flatMap { tree.merged($0.id, in: settled).dropFirst() })
            swaps[id] = columns.filter { !below.contains($0.id) }
        }
    }

    /// Whether `id` is removed and made again.
    func contains(_ id: ObjectID) -> Bool { causes[id] != nil }

    /// Takes in a dependant; tells whether it is new.
    private mutating func spread(
        to id: ObjectID, from origin: ObjectID, cause: ObjectID
    ) -> Bool {
        guard causes[id] == nil, swaps[id] == nil, let object = settled[id] else { return false }
        let keepsValues = object.keepsValues(as: desired[id])
        if keepsValues && desired[id]?.dependencies.contains(origin) != true {
            // It lets go of its expression before.
            return false
        }
        // A swap gives the new type what the old one had.
        if object.statedBy != nil, swaps[origin] != nil { return false }
        switch object.definition {
        case .schema, .extension, .table, .enum: return false
        case .column(let column) where column.generated == nil || keepsValues:
            guard swaps[origin] != nil else {
                diagnostics.append(Self.unsupported(id, origin))
                return false
            }
            swaps[origin, default: []].append(object)
            takeInColumn(id, cause: cause)
            return false
        case .sequence:
            // It hangs on its column by ownership alone.
            return false
        case .column, .columnDefault, .constraint, .index, .view, .function, .comment, .plain:
            causes[id] = cause
            return true
        }
    }

    /// A column whose type is swapped: what the server does not carry over by itself.
    private mutating func takeInColumn(_ column: ObjectID, cause: ObjectID) {
        var queue = tree.merged(column, in: settled).flatMap { dependants[$0] ?? [] }.sorted()
        while let id = queue.popLast() {
            guard causes[id] == nil, desired[id] != nil, let object = settled[id] else { continue }
            switch object.definition {
            case .view, .columnDefault, .function: break
            case .column(let definition):
                if definition.generated == nil || object.keepsValues(as: desired[id]) { continue }
            case .constraint(let constraint):
                if case .foreignKey = constraint.rule { break }
                guard leans(object) else { continue }
            case .plain(let plain) where plain.kind.holdsUpTypes: break
            case .index, .comment, .plain:
                // What stands on the column alone stays; what stands on something that is
                // removed goes with it.
                guard leans(object) else { continue }
            case .schema, .extension, .table, .enum, .sequence: continue
            }
            causes[id] = cause
            queue += (dependants[id] ?? []).sorted()
        }
    }

    /// Whether an object stands on something that is removed.
    private func leans(_ object: PostgreSQLObject) -> Bool {
        object.dependencies.contains { causes[$0] != nil }
    }

    /// A table that cannot become what it is to be without being made again.
    private func unsupported(table: ObjectID) -> Diagnostic {
        let what: String
        var help =
            "make a table of another name, move the rows over, and drop this one, each in a change "
            + "of its own"
        switch (definition(of: table, in: settled), definition(of: table, in: desired)) {
        case (let from?, let to?) where from.partitionKey != to.partitionKey:
            what = "by what rows are parted does not change in place"
        case (_, let to?) where to.parents(in: table.path[0]).contains { settled[$0] == nil }:
            what = "the table above it is not there yet"
            help = "make that table first, in a change of its own"
        case (_, let to?):
            switch to.origin {
            case .partition?:
                what = "it has not the columns and checks that the table above it has"
                help = "give it those first, in a change of its own"
            case .inheritance?:
                what = "what it has of its parents' columns and checks it can only keep as its own"
                help = "declare all of these in its own manifest, too; new parents come last"
            case .type?, nil: what = "where a table has its columns from does not change in place"
            }
        case (_, nil): what = "it does not change in place"
        }
        return .error(
            "unsupported-change",
            "\(table) would have to be made again with all of its rows: \(what)", help: help)
    }

    private func definition(
        of table: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> TableDefinition? {
        if case .table(let definition)? = catalog[table]?.definition { return definition }
        return nil
    }

    private static func unsupported(_ column: ObjectID, _ origin: ObjectID) -> Diagnostic {
        .error(
            "unsupported-change",
            "\(origin) has to be made again, and \(column) stores values of its type",
            help: "move the column's values to another type first, in a change of its own")
    }
}
