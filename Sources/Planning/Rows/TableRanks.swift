public import SchemaCore

/// The order in which rows of tables come: behind those of the tables that they refer to. They go
/// in the opposite order.
public struct TableRanks: Sendable {
    private var ranks: [ObjectID: Int] = [:]
    private let parents: [ObjectID: [ObjectID]]

    /// Orders tables; those that refer to each other in a circle stand in some order.
    ///
    /// - Parameter parents: the tables to which one refers, in order, without itself.
    public init(of tables: some Sequence<ObjectID>, parents: (ObjectID) -> [ObjectID]) {
        var known: [ObjectID: [ObjectID]] = [:]
        var ranks: [ObjectID: Int] = [:]
        func visit(_ table: ObjectID) {
            if known[table] != nil { return }
            let own = parents(table)
            known[table] = own
            for parent in own { visit(parent) }
            ranks[table] = ranks.count
        }
        for table in tables.sorted() { visit(table) }
        self.ranks = ranks
        self.parents = known
    }

    /// The tables to which one refers and whose rows come before its own.
    public func earlier(than table: ObjectID) -> [ObjectID] {
        guard let own = ranks[table] else { return [] }
        return (parents[table] ?? []).filter { (ranks[$0] ?? own) < own }
    }
}
