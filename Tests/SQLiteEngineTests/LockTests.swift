import Foundation
import Planning
import SQLiteClient
import Testing

@testable import SQLiteEngine

/// Sessions on one file in a folder of its own.
func withSessions<Value>(
    _ count: Int, _ script: String = "", _ body: ([SQLiteSession]) async throws -> Value
) async throws -> Value {
    let folder = NSTemporaryDirectory() + "lockstep-sqlite-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var sessions: [SQLiteSession] = []
    for _ in 0..<count {
        sessions.append(try await SQLiteSession.connect("sqlite://\(folder)/a.db?mode=rwc"))
    }
    try await sessions.first?.connection.runScript(script)
    let value = try await body(sessions)
    for session in sessions { await session.close() }
    return value
}

@Suite("The lock of a SQLite database")
struct LockTests {
    @Test("one session has it, the others are told who")
    func one() async throws {
        try await withSessions(2) { sessions in
            let (one, other) = (SQLiteLock(sessions[0]), SQLiteLock(sessions[1]))
            #expect(try await !one.isHeld())
            #expect(try await one.acquire() == nil)
            #expect(try await one.isHeld())
            let holder = try await other.acquire()
            #expect(holder?.summary.hasPrefix("process \(getpid()) on ") == true)
            #expect(try await !other.isHeld())
            try await one.release()
            #expect(try await !one.isHeld())
            #expect(try await other.acquire() == nil)
            try await other.release()
        }
    }

    @Test("the lock that a session of this process left behind is free")
    func left() async throws {
        try await withSessions(3) { (sessions: [SQLiteSession]) async throws in
            let (one, other) = (SQLiteLock(sessions[0]), SQLiteLock(sessions[1]))
            let third = SQLiteLock(sessions[2])
            #expect(try await one.acquire() == nil)
            #expect(try await other.acquire() != nil)
            // As when its file could not be written: the row stays.
            await sessions[0].close()
            #expect(try await other.acquire() == nil)
            #expect(try await third.acquire() != nil)
        }
    }

    @Test("the lock of a process that has ended is free")
    func dead() async throws {
        try await withSessions(2) { sessions in
            _ = try await SQLiteLock(sessions[0]).acquire()
            let other = SQLiteLock(sessions[1])
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/true")
            try process.run()
            process.waitUntilExit()
            let gone = SQLiteValue.integer(Int64(process.processIdentifier))
            try await sessions[0].query(
                "UPDATE lockstep_lock SET process = ?1, machine = 'x'", [gone])
            #expect(try await other.acquire() != nil, "another machine's processes are not known")
            try await sessions[0].query(
                "UPDATE lockstep_lock SET machine = ?1", [.text(ProcessIdentity.own.machine)])
            #expect(try await other.acquire() == nil)
        }
    }

    @Test("a number that another process has by now is no holder")
    func reused() async throws {
        try await withSessions(2) { sessions in
            _ = try await SQLiteLock(sessions[0]).acquire()
            try await sessions[0].query("UPDATE lockstep_lock SET start = '1'")
            #expect(try await SQLiteLock(sessions[1]).acquire() == nil)
        }
    }

    @Test("a lease that is over can be taken, and who lost it writes nothing more")
    func lease() async throws {
        try await withSessions(2, "CREATE TABLE t(a)") { sessions in
            let (one, other) = (SQLiteLock(sessions[0]), SQLiteLock(sessions[1]))
            _ = try await one.acquire()
            try await sessions[0].query("UPDATE lockstep_lock SET until = until - 500")
            #expect(try await one.isHeld())
            #expect(try await other.acquire() != nil, "a look renews the lease")
            try await sessions[0].query("UPDATE lockstep_lock SET until = until - 601")
            #expect(try await other.acquire() == nil)
            #expect(try await !one.isHeld())
            await #expect(throws: EngineError.self) { try await sessions[0].begin() }
            #expect(await !sessions[0].connection.isInTransaction)
            try await one.release()
            #expect(try await other.isHeld(), "who lost it gives nothing back")
            try await sessions[1].begin()
            try await sessions[1].query("INSERT INTO t VALUES (1)")
            try await sessions[1].commit()
        }
    }

    @Test("a writer is in the way, and is named")
    func writer() async throws {
        try await withSessions(1, "CREATE TABLE t(a)") { sessions in
            let other = try Writer(sessions[0].summary)
            sessions[0].connection.setBusyTimeout(.milliseconds(50))
            let holder = try await SQLiteLock(sessions[0]).acquire()
            #expect(holder?.summary.hasPrefix("process \(other.pid) (python3") == true)
            #expect(sessions[0].blockers().count == 1)
            do {
                try await sessions[0].begin()
                Issue.record("there are two writers")
            } catch let error as EngineError {
                #expect(error.kind == .lockTimeout && error.isTransient)
            }
            other.end()
            #expect(sessions[0].blockers().isEmpty)
            #expect(try await SQLiteLock(sessions[0]).acquire() == nil)
        }
    }
}

/// Another process that writes to a database until it is ended.
final class Writer {
    private let process = Process()
    private let input = Pipe()

    init(_ path: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute('BEGIN IMMEDIATE')
            print('ready', flush=True)
            sys.stdin.read()
            """, path,
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.availableData.count > 0, "the writer failed")
    }

    var pid: Int32 { process.processIdentifier }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
