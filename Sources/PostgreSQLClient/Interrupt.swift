// Owns the way from a cancelled task to the thread that waits for its statement.

import CPostgreSQL
import Glibc
import Synchronization

/// Wakes the connection's thread out of its wait for the server.
///
/// The waiting thread itself then asks the server to cancel, so a request can only ever hit the
/// statement that is running: each has a generation, and a late request for an older one is void.
final class Interrupt: Sendable {
    /// Readable when a request came.
    let descriptor: Int32
    private let requested = Atomic<UInt64>(0)

    init() throws(PostgreSQLError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else {
            throw PostgreSQLError(
                kind: .connection, message: "cannot open an event: \(errorText(errno))",
                hint: "Raise the limit of open files.")
        }
    }

    deinit { Glibc.close(descriptor) }

    /// Asks for the end of the statement of that generation. Never blocks.
    func request(_ generation: UInt64) {
        requested.store(generation, ordering: .releasing)
        var one: UInt64 = 1
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Whether that statement's end was asked for. Takes the wake-up signal.
    func takeRequest(_ generation: UInt64) -> Bool {
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        return requested.load(ordering: .acquiring) == generation
    }
}
