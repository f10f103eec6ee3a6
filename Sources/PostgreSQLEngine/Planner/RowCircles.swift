// Owns what foreign keys need beyond an order. Invariants: rows of tables that refer to each other
// in a circle come by one step, and go by one, in which the keys that can wait do; no step leaves a
// check to the end of its transaction, where other steps may change the table.

import Planning
import SchemaCore

/// The tables with managed rows that refer to each other in circles.
struct RowCircles {
    private let references: [RowOperations.Reference]
    /// The first table of each circle, by table.
    private var heads: [ObjectID: ObjectID] = [:]

    init(_ tables: [ObjectID], _ references: [RowOperations.Reference]) {
        self.references = references
        var next: [ObjectID: Set<ObjectID>] = [:]
        for item in references where item.from != item.to {
            next[item.from, default: []].insert(item.to)
        }
        func reached(from table: ObjectID) -> Set<ObjectID> {
            var seen: Set<ObjectID> = []
            var open = Array(next[table] ?? [])
            while let one = open.popLast() {
                if seen.insert(one).inserted { open += next[one] ?? [] }
            }
            return seen
        }
        let reach = Dictionary(tables.map { ($0, reached(from: $0)) }, uniquingKeysWith: { $1 })
        for table in tables where reach[table]?.contains(table) == true {
            heads[table] = tables.first { other in
                reach[table]?.contains(other) == true && reach[other]?.contains(table) == true
            }
        }
    }

    /// The operations with one for what comes, and one for what goes, of each circle.
    func merged(_ operations: [Operation]) -> [Operation] {
        var out: [Operation] = []
        var places: [[String]: Int] = [:]
        for operation in operations {
            guard let head = heads[operation.subject.asTable], operation.verb != "update" else {
                out.append(operation)
                continue
            }
            let circle = [operation.verb] + head.path
            if let place = places[circle] {
                out[place] = join(out[place], operation)
            } else {
                places[circle] = out.count
                out.append(operation)
            }
        }
        return out
    }

    private func join(_ one: Operation, _ other: Operation) -> Operation {
        var both = one
        both.title += ", " + other.title.prefix(1).lowercased() + other.title.dropFirst()
        both.form = .statements(one.statements + other.statements)
        both.probes += other.probes.map { probe in
            var probe = probe
            if one.probes.contains(where: { $0.name == probe.name }) {
                probe.name += ":\(other.subject.dottedPath)"
            }
            return probe
        }
        both.undo = join(one.undo, other.undo)
        both.data = max(one.data, other.data)
        both.effects.locks += other.effects.locks
        both.effects.losses += other.effects.losses
        both.effects.breaks += other.effects.breaks
        both.touches += other.touches
        both.produces.formUnion(other.produces)
        both.destroys.formUnion(other.destroys)
        // What the others of the table do comes before what comes, as it does in a step of its own.
        let before = other.verb == "insert" ? Set([other.subject]) : []
        both.consumes = one.consumes.union(other.consumes).union(before)
            .subtracting(both.produces)
        both.releases = one.releases.union(other.releases).subtracting(both.destroys)
        return both
    }

    private func join(_ one: Undo, _ other: Undo) -> Undo {
        switch (one.claim, other.claim) {
        case (.none, _): one
        case (_, .none): other
        case (.exact, .exact): Undo(.exact, other.statements + one.statements)
        case (.shape(let lost), .exact), (.exact, .shape(let lost)):
            Undo(.shape(loses: lost), other.statements + one.statements)
        case (.shape(let lost), .shape(let more)):
            Undo(.shape(loses: "\(lost), \(more)"), other.statements + one.statements)
        }
    }

    /// The operation with what lets keys wait until its end, and no longer.
    func waiting(_ operation: Operation) -> Operation {
        let tables = Set(operation.touches.map { $0.object.tableOfRow })
        let concerned = references.filter { tables.contains($0.from) || tables.contains($0.to) }
        let circular =
            tables.count < 2
            ? [] : concerned.filter { tables.contains($0.from) && tables.contains($0.to) }
        let freed = circular.filter { $0.isDeferrable && !$0.isInitiallyDeferred }
        let held = freed + concerned.filter(\.isInitiallyDeferred)
        if held.isEmpty { return operation }
        var operation = operation
        let before = freed.isEmpty ? [] : [Self.set(freed, "DEFERRED")]
        let after = [Self.set(held, "IMMEDIATE")]
        operation.form = .statements(before + operation.statements + after)
        if !operation.undo.statements.isEmpty {
            operation.undo.statements =
                before.map { Statement($0.text(.postgreSQL)) } + operation.undo.statements
                + after.map { Statement($0.text(.postgreSQL)) }
        }
        return operation
    }

    private static func set(_ keys: [RowOperations.Reference], _ mode: SQL) -> SQL {
        let names = keys.map { "\(name: [$0.id.path[0], $0.id.name])" as SQL }
        return "SET CONSTRAINTS \(names.joined(", ")) \(mode)"
    }
}

extension Operation {
    fileprivate var statements: [SQL] {
        switch form {
        case .statements(let statements): statements
        case .concurrentBuild(let build, _): [build]
        case .concurrentDrop(let drop): [drop]
        case .concurrentDetach(_, let detach, _, let cleanup, _): [detach, cleanup]
        }
    }
}

extension ObjectID {
    /// For what stands for the rows of a table, the table.
    fileprivate var asTable: ObjectID { ObjectID(.table, path) }
}
