// Owns the order in which rows get other values. Invariant: the server looks at unique keys row by
// row, so a row that takes what another has comes behind that one; of rows that swap values one
// holds a value meanwhile that no row has, or the key waits for all of them.

import Planning
import SchemaCore

/// A unique key of a table with managed rows.
struct RowKey {
    /// The constraint or index.
    var id: ObjectID
    /// What rows are told apart by, and what says whether they are.
    var columns: [String]
    /// Whether the server can be told to look at it after all rows have their values.
    var canWait = false
    /// By column of the key, what a row can hold there for a moment, since no other row does.
    var interim: [String: SQL] = [:]
}

/// Updates of rows of one table.
struct RowWays {
    typealias Way = (old: DataDefinition, new: DataDefinition)

    /// One statement for one row.
    enum Move {
        /// It gets its values.
        case update(Way)
        /// It gives a value up for a moment.
        case aside(Way, column: String, SQL)
    }

    /// A row that takes what another has, which waits for it in turn.
    struct Swap {
        var row: DataDefinition
        var holder: DataDefinition
        var key: ObjectID
    }

    /// In the order in which they can be done.
    private(set) var moves: [Move] = []
    /// The constraints that have to wait for all of them.
    private(set) var waiting: Set<ObjectID> = []
    /// Where nothing helps.
    private(set) var stuck: [Swap] = []

    /// What one row waits for.
    private struct Wait: Hashable {
        var holder: Int
        var key: Int
    }

    /// - Parameter keys: the unique keys of the table.
    init(_ ways: [Way], keys: [RowKey]) {
        let waits = Self.waits(ways, keys)
        enum Progress { case open, begun, done }
        var progress = [Progress](repeating: .open, count: ways.count)
        var gone: [Int: Set<String>] = [:]
        for start in ways.indices where progress[start] == .open {
            // Chains are as long as there are rows, so the way through them is no recursion.
            var path = [(index: start, next: 0)]
            progress[start] = .begun
            while let top = path.last {
                let own = waits[top.index]
                guard top.next < own.count else {
                    moves.append(.update(ways[top.index]))
                    progress[top.index] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let wait = own[top.next]
                switch progress[wait.holder] {
                case .done: break
                case .open:
                    progress[wait.holder] = .begun
                    path.append((wait.holder, 0))
                case .begun:
                    let (holder, key) = (ways[wait.holder], keys[wait.key])
                    if key.canWait {
                        waiting.insert(key.id)
                    } else if let (column, value) = Self.interim(holder, key) {
                        if gone[wait.holder, default: []].insert(column).inserted {
                            moves.append(.aside(holder, column: column, value))
                        }
                    } else {
                        stuck.append(
                            Swap(row: ways[top.index].new, holder: holder.new, key: key.id))
                    }
                }
            }
        }
    }

    /// The ways back, in the opposite order.
    var reversed: [Way] {
        moves.reversed().compactMap { move in
            switch move {
            case .update(let way): (way.new, way.old)
            case .aside: nil
            }
        }
    }

    /// By row, whose values it takes.
    private static func waits(_ ways: [Way], _ keys: [RowKey]) -> [[Wait]] {
        var waits = [Set<Wait>](repeating: [], count: ways.count)
        for (number, key) in keys.enumerated() {
            var holders: [[String?]: Int] = [:]
            for (index, way) in ways.enumerated() {
                if let own = value(way.old, key.columns) { holders[own] = index }
            }
            for (index, way) in ways.enumerated() {
                guard let taken = value(way.new, key.columns), let holder = holders[taken],
                    holder != index
                else { continue }
                waits[index].insert(Wait(holder: holder, key: number))
            }
        }
        return waits.map { $0.sorted { ($0.holder, $0.key) < ($1.holder, $1.key) } }
    }

    /// A column that the row gets another value in, with what it holds until then.
    private static func interim(_ way: Way, _ key: RowKey) -> (column: String, value: SQL)? {
        let changed = way.new.changed(from: way.old)
        for column in key.columns where changed.contains(column) {
            if let value = key.interim[column] { return (column, value) }
        }
        return nil
    }

    private static func value(_ row: DataDefinition, _ key: [String]) -> [String?]? {
        let values = row.valuesByColumn
        let own = key.compactMap { values[$0] }
        guard own.count == key.count, !own.contains(.null) else { return nil }
        return own.map(\.shown)
    }
}
