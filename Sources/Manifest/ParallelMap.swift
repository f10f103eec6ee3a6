import Dispatch
import Foundation

extension Array where Element: Sendable {
    /// Maps on all processors, keeping the order: for work that is the same wherever it runs.
    func parallelMap<Result: Sendable>(
        _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let pieces = Swift.min(ProcessInfo.processInfo.activeProcessorCount * 4, count / 32)
        guard pieces > 1 else { return map(transform) }
        let results = UnsafeMutableBufferPointer<[Result]>.allocate(capacity: pieces)
        results.initialize(repeating: [])
        defer {
            results.deinitialize()
            results.deallocate()
        }
        // Each piece writes its own element, and nobody reads before all are done.
        nonisolated(unsafe) let shared = results
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            let range = (count * piece / pieces)..<(count * (piece + 1) / pieces)
            shared[piece] = self[range].map(transform)
        }
        return results.flatMap { $0 }
    }
}
