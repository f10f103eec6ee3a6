// Owns the making of a connection. Runs on the connection's thread; a cancelled task and the time
// limit end it at once.

import CPostgreSQL
import Glibc

/// Holds the caller's closure at a fixed address for libpq's callback.
final class NoticeSink: Sendable {
    let receive: @Sendable (Notice) -> Void
    init(_ receive: @escaping @Sendable (Notice) -> Void) { self.receive = receive }
}

/// A connected handle on its way into its connection. Nobody uses it in between.
struct OpenedHandle: @unchecked Sendable {
    let handle: OpaquePointer
    let description: String
    let serverVersion: Int
    let backendPID: Int32

    init(_ handle: OpaquePointer) {
        func text(_ value: UnsafeMutablePointer<CChar>?) -> String {
            value.map { String(cString: $0) } ?? ""
        }
        self.handle = handle
        description =
            "\(text(PQhost(handle))):\(text(PQport(handle)))/\(text(PQdb(handle)))"
            + " as \(text(PQuser(handle)))"
        serverVersion = Int(PQserverVersion(handle))
        backendPID = PQbackendPID(handle)
    }
}

/// One attempt to connect, to all hosts that the settings name.
struct Connecting {
    /// What a cancelled task asks to end; statements count on from here.
    static let generation: UInt64 = 1

    private let settings: ConnectionSettings
    private let interrupt: Interrupt
    private let clock = ContinuousClock()

    init(_ settings: ConnectionSettings, _ interrupt: Interrupt) {
        self.settings = settings
        self.interrupt = interrupt
    }

    /// Connects, or says why not.
    func open(_ sink: NoticeSink) -> Result<OpenedHandle, PostgreSQLError> {
        let parameters = settings.forLibpq
        let keywords = CStrings(parameters.map(\.0))
        let values = CStrings(parameters.map(\.1))
        let started = keywords.withPointers { keywords in
            values.withPointers { PQconnectStartParams(keywords, $0, 0) }
        }
        guard let handle = started else {
            return .failure(
                PostgreSQLError(kind: .connection, message: "there is no memory to connect with"))
        }
        PQsetNoticeReceiver(
            handle,
            { context, result in
                guard let context else { return }
                Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
                    .receive(Notice(result: result))
            }, Unmanaged.passUnretained(sink).toOpaque())
        // libpq has no other way to give the SQLSTATE of a refused connection.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        if let error = wait(handle) {
            PQfinish(handle)
            return .failure(error)
        }
        PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
        if !settings.setsUserTimeout {
            var milliseconds: UInt32 = 30_000
            // Does nothing on a Unix socket.
            setsockopt(
                PQsocket(handle), Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &milliseconds,
                socklen_t(MemoryLayout<UInt32>.size))
        }
        return .success(OpenedHandle(handle))
    }

    private func wait(_ handle: OpaquePointer) -> PostgreSQLError? {
        guard PQstatus(handle) != CONNECTION_BAD else { return failure(handle) }
        let deadline = clock.now + .seconds(settings.wholeTimeout)
        var state = PGRES_POLLING_WRITING
        while true {
            switch state {
            case PGRES_POLLING_OK: return nil
            case PGRES_POLLING_FAILED: return failure(handle)
            default: break
            }
            let left = clock.now.duration(to: deadline)
            guard left > .zero else {
                return PostgreSQLError(
                    kind: .connection,
                    message: "cannot connect to \(settings): no answer within "
                        + "\(settings.wholeTimeout) s",
                    hint: "Look whether the server is up and the address is right.",
                    isConnectionLost: true)
            }
            let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
            var files = [
                pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0),
                pollfd(fd: interrupt.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&files, 2, left.pollMilliseconds)
            if files[1].revents != 0, interrupt.takeRequest(Self.generation) {
                return PostgreSQLError(
                    kind: .cancelled,
                    message: "the task was cancelled while it connected to \(settings)",
                    isConnectionLost: true)
            }
            if files[0].revents != 0 { state = PQconnectPoll(handle) }
        }
    }

    private func failure(_ handle: OpaquePointer) -> PostgreSQLError {
        let found = PQpass(handle).map { String(cString: $0) }
        let raw = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let (state, words) = Self.parsed(raw)
        return PostgreSQLError(
            kind: .connection, sqlstate: state,
            message: "cannot connect to \(settings): \(settings.redacted(words, found))",
            isConnectionLost: true)
    }

    /// Takes the SQLSTATE and the server's source location out of a verbose message:
    /// `…: FATAL:  3D000: database "x" does not exist`.
    static func parsed(_ raw: String) -> (SQLState?, String) {
        var state: SQLState?
        var lines: [String] = []
        for line in raw.split(whereSeparator: \.isNewline) where !line.hasPrefix("LOCATION:") {
            var text = String(line.drop(while: \.isWhitespace))
            if let match = text.firstMatch(of: #/:  ([0-9A-Z]{5}): /#) {
                state = SQLState(rawValue: String(match.1))
                text.replaceSubrange(match.range, with: ": ")
            }
            lines.append(text)
        }
        return (state, lines.joined(separator: " "))
    }
}
