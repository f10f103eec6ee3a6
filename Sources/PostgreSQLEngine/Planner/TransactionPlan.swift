import Planning
import SchemaCore

/// Which transaction each operation runs in.
///
/// By itself each has one of its own, so that no two tables' locks are held together. Two things
/// share: what leaves and comes back within the plan with all between, so that nobody sees it
/// missing; and neighbouring creations that nobody else can see yet.
struct TransactionPlan {
    /// The most creations that share a transaction: their locks have to fit into the server's
    /// lock table (`max_locks_per_transaction`, 64 by default, times the connections).
    static let mostCreations = 100

    private(set) var transactions: [Step.Transaction]

    init(_ operations: [Operation], returning: Set<ObjectID>) {
        transactions = operations.map { $0.isConcurrent ? .none : .own }
        var number = 0
        for range in Self.absences(operations, returning) {
            number += 1
            for index in range where Self.mayShare(operations[index]) {
                transactions[index] = .shared(number)
            }
        }
        var size = 0
        for index in operations.indices {
            guard transactions[index] == .own, Self.isUnseen(operations[index]) else {
                size = 0
                continue
            }
            if index > 0, operations[index].phase != operations[index - 1].phase { size = 0 }
            if size == 0 || size == Self.mostCreations {
                number += 1
                size = 0
            }
            size += 1
            transactions[index] = .shared(number)
        }
        transactions = Self.numberedApart(transactions, after: number)
    }

    /// What leaves and comes back goes whole to the phase in which it is back.
    private static func undivided(
        _ operations: [Operation], _ returning: Set<ObjectID>
    ) -> [Operation] {
        var out = operations
        for range in absences(operations, returning) {
            for index in range { out[index].phase = operations[range.upperBound].phase }
        }
        return out
    }

    /// The operations in an order in which what cannot share a transaction stands before or behind
    /// the stretches that are one, where the order and its phase let it. Each stretch is whole in
    /// one phase.
    static func gathered(
        _ operations: [Operation], returning: Set<ObjectID>
    ) -> [Operation] {
        let operations = undivided(operations, returning)
        var out = operations
        for range in absences(operations, returning) {
            let stretch = Array(operations[range])
            if stretch.allSatisfy(mayShare) { continue }
            let graph = OperationOrder(stretch).edges()
            var ahead: [Int] = []
            var within: [Int] = []
            for index in stretch.indices {
                let isHeld = within.contains { graph.successors(of: $0).contains(index) }
                let mayLead = !mayShare(stretch[index]) && stretch[index].phase == stretch[0].phase
                if mayLead && !isHeld { ahead.append(index) } else { within.append(index) }
            }
            var behind: [Int] = []
            let last = stretch[stretch.count - 1].phase
            for index in within.reversed()
            where !mayShare(stretch[index]) && stretch[index].phase == last {
                let next = graph.successors(of: index)
                if within.contains(where: next.contains) { continue }
                within.removeAll { $0 == index }
                behind.insert(index, at: 0)
            }
            out.replaceSubrange(range, with: (ahead + within + behind).map { stretch[$0] })
        }
        return out
    }

    /// What is done by itself although it stands between where something leaves and where that
    /// comes back, so that somebody could miss it.
    static func torn(_ operations: [Operation], returning: Set<ObjectID>) -> Set<ObjectID> {
        let operations = gathered(operations, returning: returning)
        return Set(
            absences(operations, returning).flatMap { range -> [ObjectID] in
                let end = range.last { mayShare(operations[$0]) } ?? range.lowerBound
                return operations[range.lowerBound..<end].filter { !mayShare($0) }.map(\.subject)
            })
    }

    /// Steps with another between them are no one transaction, so they do not share a number.
    private static func numberedApart(
        _ transactions: [Step.Transaction], after last: Int
    ) -> [Step.Transaction] {
        var next = last
        var ended: Set<Step.Transaction> = []
        var out: [Step.Transaction] = []
        for (index, transaction) in transactions.enumerated() {
            let goesOn = index > 0 && transactions[index - 1] == transaction
            switch transaction {
            case .own, .none: out.append(transaction)
            case .shared:
                if goesOn {
                    out.append(out[index - 1])
                } else if ended.insert(transaction).inserted {
                    out.append(transaction)
                } else {
                    next += 1
                    out.append(.shared(next))
                }
            }
        }
        return out
    }

    private static func mayShare(_ operation: Operation) -> Bool {
        !operation.isConcurrent && !operation.commitsAlone
    }

    /// Whether it only makes what was not there, and locks nothing that was.
    private static func isUnseen(_ operation: Operation) -> Bool {
        mayShare(operation) && operation.effects.locks.isEmpty && !operation.touches.isEmpty
            && operation.touches.allSatisfy { $0.before == nil && $0.after != nil }
    }

    /// From the first step that removes something that returns to the step that brings it back;
    /// overlapping stretches are one.
    private static func absences(
        _ operations: [Operation], _ returning: Set<ObjectID>
    ) -> [ClosedRange<Int>] {
        var first: [ObjectID: Int] = [:]
        var last: [ObjectID: Int] = [:]
        for (index, operation) in operations.enumerated() {
            for id in operation.destroys where returning.contains(id) && first[id] == nil {
                first[id] = index
            }
            for id in operation.produces where returning.contains(id) { last[id] = index }
        }
        let ranges = first.compactMap { id, start -> ClosedRange<Int>? in
            guard let end = last[id], end > start else { return nil }
            return start...end
        }.sorted { $0.lowerBound < $1.lowerBound }
        return ranges.reduce(into: []) { merged, range in
            if let tail = merged.last, range.lowerBound <= tail.upperBound {
                merged[merged.count - 1] =
                    tail.lowerBound...max(tail.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
    }
}
