// Time budget: 5 s, for all of SchemaCoreTests.

import SchemaCore
import Testing

@Suite struct DependencyGraphTests {
    @Test func everyNodeComesAfterWhatComesBeforeIt() {
        var generator = Seeded(state: 7)
        for _ in 0..<200 {
            let count = Int.random(in: 1...40, using: &generator)
            // Edges lead from lower to higher places of a hidden order, so there is no cycle.
            let hidden = Array(0..<count).shuffled(using: &generator)
            var graph = DependencyGraph(count: count)
            var edges: [(Int, Int)] = []
            for _ in 0..<(count * 2) {
                let a = Int.random(in: 0..<count, using: &generator)
                let b = Int.random(in: 0..<count, using: &generator)
                guard a != b else { continue }
                edges.append((hidden[min(a, b)], hidden[max(a, b)]))
            }
            for (earlier, later) in edges { graph.add(earlier, before: later) }
            guard case .sorted(let order) = graph.sorted(by: Array(0..<count)) else {
                Issue.record("a graph without a cycle was not sorted")
                return
            }
            #expect(order.sorted() == Array(0..<count))
            let place = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
            for (earlier, later) in edges {
                #expect((place[earlier] ?? 0) < (place[later] ?? 0))
            }
        }
    }

    @Test func ofSeveralTheLeastRankComesFirst() {
        var graph = DependencyGraph(count: 4)
        graph.add(3, before: 0)
        #expect(graph.sorted(by: [0, 1, 2, 3]) == .sorted([1, 2, 3, 0]))
        #expect(graph.sorted(by: [9, 8, 7, 0]) == .sorted([3, 2, 1, 0]))
        #expect(graph.sorted(by: [5, 5, 5, 5]) == .sorted([1, 2, 3, 0]))
    }

    @Test func theShortestCycleIsTold() {
        var graph = DependencyGraph(count: 6)
        for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 4), (0, 4)] {
            graph.add(a, before: b)
        }
        guard case .cycle(let cycle) = graph.sorted(by: Array(0..<6)) else {
            Issue.record("no cycle was found")
            return
        }
        #expect(Set(cycle) == [4, 5])
    }

    @Test func anEdgeToItselfSaysNothing() {
        var graph = DependencyGraph(count: 1)
        graph.add(0, before: 0)
        #expect(graph.sorted(by: [0]) == .sorted([0]))
    }
}

/// A small generator with a seed, so that a failure comes again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
