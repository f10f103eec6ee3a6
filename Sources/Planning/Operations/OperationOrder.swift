public import SchemaCore

/// The one order of all operations, from what they produce, consume, destroy, take and free.
public struct OperationOrder {
    private let operations: [Operation]

    /// Takes the operations in any order.
    public init(_ operations: [Operation]) { self.operations = operations }

    /// What came of it.
    public enum Result {
        /// All, each after what it needs, with the phase that this gives it.
        case sorted([Operation])
        /// Some need each other in a circle: their numbers.
        case cycle([Int])
    }

    /// Orders the operations by phase, group and dependency.
    ///
    /// - Parameter group: operations of one group stand together where they may.
    public func sorted(group: (Operation) -> ObjectID) -> Result {
        let graph = edges()
        let plain = Array(operations.indices)
        let first: [Int]
        switch graph.sorted(by: plain) {
        case .sorted(let order): first = order
        case .cycle(let cycle): return .cycle(cycle)
        }
        var phases = operations.map(\.phase)
        for node in first {
            for next in graph.successors(of: node) {
                phases[next] = max(phases[next], phases[node])
            }
        }
        let keys = operations.indices.map { index in
            (phases[index], group(operations[index]), operations[index].subject)
        }
        var rank = Array(repeating: 0, count: operations.count)
        let sortedKeys = operations.indices.sorted { a, b in
            if keys[a].0 != keys[b].0 { return keys[a].0 < keys[b].0 }
            if keys[a].1 != keys[b].1 { return keys[a].1 < keys[b].1 }
            if keys[a].2 != keys[b].2 { return keys[a].2 < keys[b].2 }
            return a < b
        }
        for (place, index) in sortedKeys.enumerated() { rank[index] = place }
        guard case .sorted(let order) = graph.sorted(by: rank) else {
            preconditionFailure("the same graph was sorted before")
        }
        return .sorted(
            order.map { index in
                var operation = operations[index]
                operation.phase = phases[index]
                return operation
            })
    }

    /// What has to come before what.
    public func edges() -> DependencyGraph {
        var graph = DependencyGraph(count: operations.count)
        var producers: [ObjectID: [Int]] = [:]
        var destroyers: [ObjectID: [Int]] = [:]
        var freers: [NameSlot: [Int]] = [:]
        var sequences: [ObjectID: [(place: Int, index: Int)]] = [:]
        for (index, operation) in operations.enumerated() {
            for id in operation.produces { producers[id, default: []].append(index) }
            for id in operation.destroys { destroyers[id, default: []].append(index) }
            for slot in operation.frees { freers[slot, default: []].append(index) }
            if let place = operation.sequence {
                let key = operation.sequenceKey ?? operation.subject
                sequences[key, default: []].append((place, index))
            }
        }
        for (index, operation) in operations.enumerated() {
            for id in operation.consumes {
                for producer in producers[id] ?? [] { graph.add(producer, before: index) }
            }
            for id in operation.releases {
                for destroyer in destroyers[id] ?? [] { graph.add(index, before: destroyer) }
            }
            for slot in operation.takes {
                for freer in freers[slot] ?? []
                where !isLater(freer, than: index) && !removes(freer, renamedBy: index) {
                    graph.add(freer, before: index)
                }
            }
        }
        for group in sequences.values {
            let ordered = group.sorted { ($0.place, $0.index) < ($1.place, $1.index) }
            for (one, next) in zip(ordered, ordered.dropFirst()) {
                graph.add(one.index, before: next.index)
            }
        }
        addRenames(to: &graph)
        return graph
    }

    /// Whether an operation removes the very thing that a rename brings to its new name.
    private func removes(_ index: Int, renamedBy rename: Int) -> Bool {
        operations[rename].verb == "rename" && operations[index].verb != "rename"
            && !operations[index].destroys.isDisjoint(with: operations[rename].produces)
    }

    /// Whether one operation follows another within their change: then the name that it frees is
    /// one that the other had taken on the way.
    private func isLater(_ one: Int, than other: Int) -> Bool {
        guard let place = operations[one].sequence, let before = operations[other].sequence
        else { return one == other }
        let keys = [one, other].map { operations[$0].sequenceKey ?? operations[$0].subject }
        return keys[0] == keys[1] && place >= before
    }

    /// Every address after the renames is a new one: a rename comes before all that uses what it
    /// renames, or something inside it, but for what makes room for the new name.
    private func addRenames(to graph: inout DependencyGraph) {
        for rename in operations.indices where operations[rename].verb == "rename" {
            let subject = operations[rename].subject
            let root = operations[rename].renamedPath ?? subject.path
            for index in operations.indices where operations[index].verb != "rename" {
                let operation = operations[index]
                // What is done to the object itself is done under its new name.
                if operation.destroys.contains(subject) {
                    graph.add(rename, before: index)
                    continue
                }
                guard operation.takes.isDisjoint(with: operations[rename].frees) else {
                    graph.add(rename, before: index)
                    continue
                }
                guard
                    removes(index, renamedBy: rename)
                        || operations[rename].takes.isDisjoint(with: operation.frees)
                else { continue }
                if operation.mentions(root) { graph.add(rename, before: index) }
            }
        }
    }
}

extension Operation {
    /// Whether an address of it is `path` or lies inside.
    fileprivate func mentions(_ path: [String]) -> Bool {
        func isInside(_ id: ObjectID) -> Bool { (id.subject ?? id).path.starts(with: path) }
        return isInside(subject) || consumes.contains(where: isInside)
            || produces.contains(where: isInside) || destroys.contains(where: isInside)
            || releases.contains(where: isInside)
    }
}
