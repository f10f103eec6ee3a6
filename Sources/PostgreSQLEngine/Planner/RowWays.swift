// Owns the order in which rows get other values. Invariant: the server looks at unique keys row by
// row, so a row that takes what another has comes behind that one.

import Planning
import SchemaCore

/// Updates of rows of one table.
struct RowWays {
    typealias Way = (old: DataDefinition, new: DataDefinition)

    /// In the order in which they can be done; where rows swap values, in some order.
    private(set) var ordered: [Way] = []

    /// - Parameter keys: the columns of each unique key of the table.
    init(_ ways: [Way], keys: [[String]]) {
        var holders: [[String?]: Int] = [:]
        var waits: [Int: Set<Int>] = [:]
        for (number, key) in keys.enumerated() {
            for (index, way) in ways.enumerated() {
                if let own = Self.value(way.old, key) { holders[["\(number)"] + own] = index }
            }
            for (index, way) in ways.enumerated() {
                guard let taken = Self.value(way.new, key),
                    let holder = holders[["\(number)"] + taken], holder != index
                else { continue }
                waits[index, default: []].insert(holder)
            }
        }
        var seen: Set<Int> = []
        func visit(_ index: Int) {
            guard seen.insert(index).inserted else { return }
            for other in (waits[index] ?? []).sorted() { visit(other) }
            ordered.append(ways[index])
        }
        for index in ways.indices { visit(index) }
    }

    private static func value(_ row: DataDefinition, _ key: [String]) -> [String?]? {
        let values = row.valuesByColumn
        let own = key.compactMap { values[$0] }
        guard own.count == key.count, !own.contains(.null) else { return nil }
        return own.map(\.shown)
    }
}
