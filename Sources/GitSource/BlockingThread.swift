import Foundation

/// Runs blocking work on a thread of its own, because the threads that Swift's concurrency
/// shares are few.
enum BlockingThread {
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(GitError) -> Value
    ) async throws(GitError) -> Value {
        let result: Result<Value, GitError> = await withCheckedContinuation { continuation in
            let thread = Thread {
                do throws(GitError) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            thread.stackSize = 1 << 20
            thread.start()
        }
        return try result.get()
    }
}
