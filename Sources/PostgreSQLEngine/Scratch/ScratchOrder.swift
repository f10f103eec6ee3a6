// Owns the order in which the pieces of a build are tried first. Invariant: it decides nothing but
// the time that a build takes, since what comes too early fails and is tried again. So it may guess
// from the words of a text, which nothing else does.

internal import Foundation
import SchemaCore

enum ScratchOrder {
    /// By rank; within what may use its own kind (tables by row type, functions, views), after
    /// what it seems to mention.
    static func sorted(_ units: [ScratchUnit]) -> [ScratchUnit] {
        let ranked = units.enumerated()
            .sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }
            .map(\.element)
        var makers: [String: [Int]] = [:]
        for (index, unit) in ranked.enumerated() {
            guard let name = unit.madeName else { continue }
            makers[name.lowercased(), default: []].append(index)
        }
        var state = [UInt8](repeating: 0, count: ranked.count)
        var out: [ScratchUnit] = []
        out.reserveCapacity(ranked.count)
        // Depth first; an edge back into what is being visited is a cycle, and is left out.
        for start in ranked.indices where state[start] == 0 {
            var stack = [(node: start, next: mentions(ranked[start], ranked, makers))]
            state[start] = 1
            while let (node, rest) = stack.popLast() {
                var next = rest
                var isDone = true
                while let other = next.popLast() {
                    guard state[other] == 0 else { continue }
                    state[other] = 1
                    stack.append((node, next))
                    stack.append((other, mentions(ranked[other], ranked, makers)))
                    isDone = false
                    break
                }
                if isDone { out.append(ranked[node]) }
            }
        }
        return out
    }

    /// The words of a unit, in lower case.
    static func words(of unit: ScratchUnit) -> Set<String> {
        guard case .function(let function) = unit.objects[0].definition,
            case .source = function.body
        else { return words(unit.statements.lazy.map(\.text)) }
        // A body in quotes is not looked at when the function is made.
        let signature = function.arguments.flatMap { [$0.type.text, $0.default?.text ?? ""] }
        return words(signature + [function.returns?.text ?? ""])
    }

    private static func words(_ texts: some Sequence<String>) -> Set<String> {
        var out: Set<String> = []
        for text in texts {
            let parts = text.lowercased().utf8.split { byte in
                !((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
                    || byte == 0x5f || byte == 0x24 || byte >= 0x80)
            }
            for part in parts { out.insert(String(decoding: part, as: UTF8.self)) }
        }
        return out
    }

    private static func mentions(
        _ unit: ScratchUnit, _ units: [ScratchUnit], _ makers: [String: [Int]]
    ) -> [Int] {
        guard !unit.mayUse.isEmpty else { return [] }
        var out: [Int] = []
        for word in words(of: unit) {
            for maker in makers[word] ?? [] where unit.mayUse.contains(units[maker].rank) {
                out.append(maker)
            }
        }
        // The last is visited first.
        return out.sorted(by: >)
    }
}

extension ScratchUnit {
    /// The name under which others may use it.
    fileprivate var madeName: String? {
        switch rank {
        case .type, .table, .generatedTable, .view: id.name
        case .function: id.path[1]
        case .schema, .extension, .enum, .typeCheck, .sequence, .columnDefault, .key, .check,
            .index,
            .foreignKey, .ownership, .trigger, .textSearch,
            .textSearchUse, .operator, .operatorClass, .comment:
            nil
        }
    }

    /// What it may have to come after although the ranks do not say so.
    fileprivate var mayUse: Set<Rank> {
        switch rank {
        case .type: [.type]
        case .typeCheck: [.function]
        case .table, .generatedTable: [.table, .generatedTable]
        case .function: [.function, .view]
        case .view: [.view, .function]
        case .schema, .extension, .enum, .sequence, .columnDefault, .key, .check, .index,
            .foreignKey, .ownership, .trigger, .textSearch,
            .textSearchUse, .operator, .operatorClass, .comment:
            []
        }
    }
}
