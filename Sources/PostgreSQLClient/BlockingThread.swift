// Owns one operating system thread that runs the jobs of one actor, one after the other.
// Invariant: jobs run in the order in which they came, never two at once, and a blocking call in
// one of them blocks nobody else.

import Glibc

/// A serial executor on a thread of its own.
///
/// libpq calls block. On the cooperative pool, which is as wide as the machine has cores, a few of
/// them would stop the whole process; here each blocks only its own connection.
///
/// A retired thread ends as soon as nothing is queued. A job that comes later still runs: it gets
/// a short-lived thread, so that a closed connection can be asked and deinitialised.
final class BlockingThread: SerialExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private static let stackBytes = 512 * 1024

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // All four are guarded by `mutex`.
    private var queue: [Work] = []
    private var isRunning = false
    private var isRetired = false
    private var current: pthread_t?

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// Starts the thread, so that a lack of threads is an error here and not a trap later.
    func start() throws(PostgreSQLError) {
        let status = locked { isRunning ? 0 : startLocked() }
        guard status == 0 else {
            throw PostgreSQLError(
                kind: .connection,
                message: "cannot start a thread for the connection: \(errorText(status))",
                hint: "Raise the limit of processes, or use fewer connections at once.")
        }
    }

    /// Lets the thread end when its queue is empty.
    func retire() {
        locked { isRetired = true }
        pthread_cond_signal(condition)
    }

    /// Runs a closure on the thread.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            add(.closure { continuation.resume(returning: body()) })
        }
    }

    /// Runs a closure on the thread some time later.
    func submit(_ body: @escaping @Sendable () -> Void) {
        add(.closure(body))
    }

    func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func isIsolatingCurrentContext() -> Bool? {
        locked { current.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    func checkIsolated() {
        precondition(isIsolatingCurrentContext() == true, "not on the connection's thread")
    }

    private func add(_ work: Work) {
        locked {
            queue.append(work)
            guard !isRunning else { return }
            // An executor cannot refuse a job. A short lack of threads is waited out.
            for _ in 0..<1000 where startLocked() != 0 { usleep(1000) }
            precondition(isRunning, "the system gives no thread for a job of a connection")
        }
        pthread_cond_signal(condition)
    }

    /// Returns 0 or an error number. Call it with the lock held.
    private func startLocked() -> Int32 {
        guard !isRunning else { return 0 }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, Self.stackBytes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // The thread keeps its executor alive until it ends.
        let me = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<BlockingThread>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, me.toOpaque())
        if status == 0 { isRunning = true } else { me.release() }
        return status
    }

    private func run() {
        locked { current = pthread_self() }
        while let batch = nextBatch() {
            for work in batch {
                switch work {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .closure(let closure): closure()
                }
            }
        }
    }

    /// Waits for work. Nil when the thread is retired and nothing is left.
    private func nextBatch() -> [Work]? {
        locked {
            while queue.isEmpty {
                if isRetired {
                    isRunning = false
                    current = nil
                    return nil
                }
                pthread_cond_wait(condition, mutex)
            }
            defer { queue.removeAll(keepingCapacity: true) }
            return queue
        }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}

/// What the system calls an error number.
func errorText(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
}
