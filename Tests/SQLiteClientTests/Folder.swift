import Foundation
import SQLiteClient
import Testing

/// A folder of its own for a test, removed at the end.
func withFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = NSTemporaryDirectory() + "lockstep-sqlite-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}

/// A new database in a file.
func withFile<Value>(
    _ script: String = "", _ body: (SQLiteConnection, String) async throws -> Value
) async throws -> Value {
    try await withFolder { folder in
        let path = "\(folder)/a.db"
        let connection = try await SQLiteConnection.open(.init(path: path, mode: .create))
        try await connection.runScript(script)
        let value = try await body(connection, path)
        await connection.close()
        return value
    }
}

/// The error that something ends with.
func failure(
    sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async throws -> SQLiteError {
    do {
        try await body()
    } catch let error as SQLiteError {
        return error
    }
    Issue.record("nothing failed", sourceLocation: sourceLocation)
    throw CancellationError()
}

/// Another process that has run a statement on a database and holds what it got.
final class OtherProcess {
    private let process = Process()
    private let input = Pipe()

    init(_ path: String, runs statement: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            for s in sys.argv[2].split(';'): c.execute(s).fetchone()
            print('ready', flush=True)
            sys.stdin.read()
            """, path, statement,
        ]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        #expect(output.fileHandleForReading.availableData.count > 0, "the other process failed")
    }

    /// Its number.
    var pid: Int32 { process.processIdentifier }

    func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
