/// A directed graph over small integers, and the one order that is made from it.
///
/// The order is the same for equal inputs: of all nodes that may come next, the one with the
/// smallest rank comes first.
public struct DependencyGraph: Sendable {
    /// How many nodes there are.
    public let count: Int
    private(set) var successors: [Set<Int>]

    /// A graph of `count` nodes, numbered from 0, without edges.
    public init(count: Int) {
        self.count = count
        successors = Array(repeating: [], count: count)
    }

    /// Says that `earlier` comes before `later`. An edge from a node to itself says nothing.
    public mutating func add(_ earlier: Int, before later: Int) {
        if earlier != later { successors[earlier].insert(later) }
    }

    /// What comes after a node, directly.
    public func successors(of node: Int) -> Set<Int> { successors[node] }

    /// What came of an attempt to order the nodes.
    public enum Order: Equatable, Sendable {
        /// All nodes, each after what comes before it.
        case sorted([Int])
        /// A smallest cycle that was found: each node before the next, the last before the first.
        case cycle([Int])
    }

    /// Orders the nodes.
    ///
    /// - Parameter rank: where several may come next, the least rank comes first; equal ranks are
    ///   ordered by number.
    public func sorted(by rank: [Int]) -> Order {
        var open = Array(repeating: 0, count: count)
        for set in successors { for node in set { open[node] += 1 } }
        var ready = Heap(rank: rank)
        for node in 0..<count where open[node] == 0 { ready.push(node) }
        var out: [Int] = []
        out.reserveCapacity(count)
        while let node = ready.pop() {
            out.append(node)
            for next in successors[node] {
                open[next] -= 1
                if open[next] == 0 { ready.push(next) }
            }
        }
        if out.count == count { return .sorted(out) }
        return .cycle(shortestCycle(among: Set((0..<count).filter { open[$0] > 0 })))
    }

    private func shortestCycle(among nodes: Set<Int>) -> [Int] {
        var best: [Int] = []
        for start in nodes.sorted() {
            if let cycle = cycle(through: start, among: nodes),
                best.isEmpty || cycle.count < best.count
            {
                best = cycle
            }
            if best.count == 2 { break }
        }
        return best
    }

    /// Breadth first from `start` back to it.
    private func cycle(through start: Int, among nodes: Set<Int>) -> [Int]? {
        var cameFrom: [Int: Int] = [:]
        var queue = [start]
        var head = 0
        while head < queue.count {
            let node = queue[head]
            head += 1
            for next in successors[node].sorted() where nodes.contains(next) {
                if next == start {
                    var path = [node]
                    while let last = path.last, last != start, let before = cameFrom[last] {
                        path.append(before)
                    }
                    return path.reversed()
                }
                if cameFrom[next] == nil {
                    cameFrom[next] = node
                    queue.append(next)
                }
            }
        }
        return nil
    }
}

/// A binary heap of nodes by rank, then number.
private struct Heap {
    let rank: [Int]
    private var nodes: [Int] = []

    init(rank: [Int]) { self.rank = rank }

    private func less(_ a: Int, _ b: Int) -> Bool { (rank[a], a) < (rank[b], b) }

    mutating func push(_ node: Int) {
        nodes.append(node)
        var child = nodes.count - 1
        while child > 0, less(nodes[child], nodes[(child - 1) / 2]) {
            nodes.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> Int? {
        guard let first = nodes.first else { return nil }
        let last = nodes.removeLast()
        guard !nodes.isEmpty else { return first }
        nodes[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < nodes.count && less(nodes[child], nodes[least]) { least = child }
            if least == parent { return first }
            nodes.swapAt(parent, least)
            parent = least
        }
    }
}
