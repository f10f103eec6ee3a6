// Owns what can end a statement early: a cancelled task, its own time, and the end of waiting for
// a lock. Invariant: a request that comes late for one statement never ends the next.

internal import CSQLite
internal import Glibc
internal import Synchronization

/// What SQLite's callbacks ask while a statement runs.
final class Interrupt: Sendable {
    /// Why a statement was ended.
    enum Stop { case cancelled, timedOut }

    private struct State {
        /// The connection as a number, since a pointer is not sendable; 0 when it is closed.
        var handle: UInt = 0
        var generation: UInt64 = 0
        var deadline: ContinuousClock.Instant?
        var stop: Stop?
        var busyTimeout = Duration.seconds(5)
        var busySince: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    /// Puts the callbacks into a connection, which must be closed before this object goes.
    func install(in handle: OpaquePointer) {
        state.withLock { $0.handle = UInt(bitPattern: handle) }
        let me = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            handle, 2_000,
            { context in
                guard let context else { return 0 }
                let me = Unmanaged<Interrupt>.fromOpaque(context).takeUnretainedValue()
                return me.isStopped ? 1 : 0
            }, me)
        sqlite3_busy_handler(
            handle,
            { context, count in
                guard let context else { return 0 }
                let me = Unmanaged<Interrupt>.fromOpaque(context).takeUnretainedValue()
                return me.waits(tries: Int(count)) ? 1 : 0
            }, me)
    }

    /// No request reaches the connection from here on.
    func disconnect() { state.withLock { $0.handle = 0 } }

    /// How long a statement waits for another connection's lock.
    var busyTimeout: Duration {
        get { state.withLock { $0.busyTimeout } }
        set { state.withLock { $0.busyTimeout = newValue } }
    }

    /// A statement begins; gives its number.
    func begin(timeout: Duration?) -> UInt64 {
        state.withLock {
            $0.generation += 1
            $0.deadline = timeout.map { ContinuousClock().now + $0 }
            $0.stop = nil
            $0.busySince = nil
            return $0.generation
        }
    }

    /// A statement has ended; says what ended it, if it was one of us.
    func end() -> Stop? {
        state.withLock {
            $0.generation += 1
            $0.deadline = nil
            return $0.stop
        }
    }

    /// Asks for the end of the statement of that number. Never blocks for long.
    func request(_ generation: UInt64) {
        state.withLock {
            guard $0.generation == generation else { return }
            $0.stop = .cancelled
            // Some long operations ask this flag only, and not the progress handler.
            if let handle = OpaquePointer(bitPattern: $0.handle) { sqlite3_interrupt(handle) }
        }
    }

    /// Whether the caller of SQLite has to end.
    var isStopped: Bool {
        state.withLock {
            if $0.stop != nil { return true }
            guard let deadline = $0.deadline, ContinuousClock().now >= deadline else {
                return false
            }
            $0.stop = .timedOut
            return true
        }
    }

    /// Sleeps a little while another connection has a lock; false when that was long enough.
    func waits(tries: Int) -> Bool {
        if isStopped { return false }
        let now = ContinuousClock().now
        let rest = state.withLock {
            if tries == 0 || $0.busySince == nil { $0.busySince = now }
            return $0.busyTimeout - ($0.busySince ?? now).duration(to: now)
        }
        guard rest > .zero else { return false }
        let pause = min(rest, .milliseconds(min(1 + tries * 2, 50)))
        usleep(UInt32(pause / .microseconds(1)))
        return true
    }
}
