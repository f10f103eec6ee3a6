// Owns the waiting for one statement's results: for the server, for a cancelled task and for a
// deadline at once. Runs on the connection's thread only.

import CPostgreSQL
import Glibc

/// One statement between its sending and its last result.
struct StatementRun {
    /// Why we stopped waiting as usual.
    enum Stop {
        case cancelled
        case timedOut
    }

    /// The server did not answer, also not to our request to cancel.
    struct NoAnswer: Error {}

    let handle: OpaquePointer
    private let interrupt: Interrupt
    private let generation: UInt64
    /// How long the server may take to react to a request to cancel.
    private let patience: Duration
    private let clock = ContinuousClock()
    private let deadline: ContinuousClock.Instant?
    /// Why a cancel request was sent, if one was.
    private(set) var stop: Stop?
    private var giveUp: ContinuousClock.Instant?
    private var nextRequest: ContinuousClock.Instant?
    private var pause = Duration.milliseconds(20)

    init(
        handle: OpaquePointer, interrupt: Interrupt, generation: UInt64, timeout: Duration?,
        patience: Duration
    ) {
        self.patience = patience
        self.handle = handle
        self.interrupt = interrupt
        self.generation = generation
        deadline = timeout.map { ContinuousClock().now + $0 }
    }

    /// The next result, which the caller clears; nil after the last.
    mutating func nextResult() throws(NoAnswer) -> OpaquePointer? {
        while PQisBusy(handle) == 1 {
            try waitForServer()
            // After a failure the next result tells of it.
            if PQconsumeInput(handle) == 0 { break }
        }
        return PQgetResult(handle)
    }

    /// Sleeps until the server sends something. A cancel request goes out when it is due.
    mutating func waitForServer() throws(NoAnswer) {
        while true {
            var files = [
                pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0),
                pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let wait = nextEvent.map { clock.now.duration(to: $0).pollMilliseconds } ?? -1
            _ = poll(&files, 2, wait)
            if files[1].revents != 0, interrupt.takeRequest(generation), stop == nil {
                beginToStop(.cancelled)
            }
            let now = clock.now
            if stop == nil, let deadline, now >= deadline { beginToStop(.timedOut) }
            if let giveUp, now >= giveUp { throw NoAnswer() }
            if let nextRequest, now >= nextRequest { requestCancel() }
            // Last, or a stream of rows without pause could not be stopped.
            if files[0].revents != 0 { return }
        }
    }

    private var nextEvent: ContinuousClock.Instant? {
        guard stop != nil else { return deadline }
        return [nextRequest, giveUp].compactMap { $0 }.min()
    }

    private mutating func beginToStop(_ reason: Stop) {
        stop = reason
        giveUp = clock.now + patience
        nextRequest = clock.now
    }

    /// Asks the server to cancel, and again later: a request that overtakes the statement on its
    /// way finds the server idle and is forgotten there.
    private mutating func requestCancel() {
        if let cancel = PQgetCancel(handle) {
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(cancel, &message, Int32(message.count))
            PQfreeCancel(cancel)
        }
        nextRequest = clock.now + pause
        pause = min(pause * 2, .seconds(1))
    }
}

extension Duration {
    /// For `poll`: rounded up, or the last millisecond would be spent in a busy loop.
    var pollMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 1_000_000 else { return 1_000_000_000 }
        return Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
