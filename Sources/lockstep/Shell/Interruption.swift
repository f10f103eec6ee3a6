import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT and SIGTERM into the cancellation of a task: the run ends at a safe place. A second
/// signal ends the process at once, which the next run copes with.
enum Interruption {
    static func cancelling<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let again = Once()
            source.setEventHandler {
                if again.isFirst() { task.cancel() } else { exit(128 + number) }
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
        }
        return try await task.value
    }

    private final class Once: Sendable {
        private let used = Mutex(false)
        func isFirst() -> Bool {
            used.withLock { used in
                defer { used = true }
                return !used
            }
        }
    }
}
