// Owns where the jobs of one connection run: one after the other, and never on the threads that
// Swift's tasks share, because SQLite's calls block.

internal import Dispatch

/// A serial executor on a dispatch queue of its own.
final class ConnectionQueue: SerialExecutor {
    private let queue = DispatchQueue(label: "lockstep.sqlite")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() { dispatchPrecondition(condition: .onQueue(queue)) }
}
