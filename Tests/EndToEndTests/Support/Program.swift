// Owns the starting of the real binary, and of shells that call it.

import Foundation
import Glibc

/// The built `lockstep`, which lies beside the test bundle.
enum Program {
    /// The folder of the built products.
    static let folder: String = {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let length = buffer.withUnsafeMutableBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                readlink("/proc/self/exe", chars.baseAddress!, chars.count)
            }
        }
        precondition(length > 0, "the test process does not know its own program")
        let path = String(decoding: buffer[..<length], as: UTF8.self)
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }()

    /// The binary.
    static var path: String { "\(folder)/lockstep" }

    /// The package's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// What a program gave.
    struct Outcome: Sendable {
        /// The exit code; 128 and the signal's number if one ended it.
        var status: Int32
        var output: String
        var errors: String
        /// Both, for messages of tests.
        var all: String { output + errors }
    }

    /// Runs the binary to its end.
    ///
    /// - Parameter meanwhile: is told the process while it runs.
    static func lockstep(
        _ arguments: [String], in place: Place, environment: [String: String] = [:],
        meanwhile: (Int32) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        try await run(
            path, arguments, in: place, environment: environment, meanwhile: meanwhile)
    }

    /// Runs a program. Its output goes to files, so that nobody has to read along.
    static func run(
        _ program: String, _ arguments: [String], in place: Place,
        environment: [String: String] = [:], isMerged: Bool = false,
        meanwhile: (Int32) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let name = UUID().uuidString
        let outputFile = place.logs.appendingPathComponent("\(name).out")
        let errorFile = place.logs.appendingPathComponent("\(name).err")
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = place.folder
        process.environment = place.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = try handle(outputFile)
        let errors = isMerged ? output : try handle(errorFile)
        process.standardOutput = output
        process.standardError = errors
        process.terminationHandler = { ended in
            let isSignal = ended.terminationReason == .uncaughtSignal
            end.yield(ended.terminationStatus + (isSignal ? 128 : 0))
            end.finish()
        }
        try process.run()
        try await meanwhile(process.processIdentifier)
        var status: Int32 = -1
        for await value in ends { status = value }
        return Outcome(
            status: status, output: try text(outputFile),
            errors: isMerged ? "" : try text(errorFile))
    }

    private static func handle(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    private static func text(_ file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }
}

/// A folder of a test's own, with the environment in which its programs run.
struct Place: Sendable {
    /// Where its programs run.
    let folder: URL
    /// Where their output goes.
    let logs: URL
    /// Their environment, without anything of the user's.
    var environment: [String: String]

    /// Runs a test in a new folder, which is removed afterwards.
    static func with<Value: Sendable>(
        environment: [String: String] = [:], _ body: @Sendable (Place) async throws -> Value
    ) async throws -> Value {
        let base = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-e2e-\(UUID().uuidString)")
        let folder = base.appendingPathComponent("work")
        let logs = base.appendingPathComponent("logs")
        for made in [folder, logs] {
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: base) }
        var own = [
            "PATH": "\(Program.folder):/usr/local/bin:/usr/bin:/bin", "HOME": base.path,
            "LC_ALL": "C.UTF-8", "TMPDIR": FileManager.default.temporaryDirectory.path,
            "LOCKSTEP_CACHE": base.appendingPathComponent("cache").path,
            "PGAPPNAME": "lockstep-test", "EXAMPLES": "\(Program.root)/examples",
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Test", "GIT_AUTHOR_EMAIL": "test@example.com",
            "GIT_COMMITTER_NAME": "Test", "GIT_COMMITTER_EMAIL": "test@example.com",
        ]
        for name in ["LOCKSTEP_PG_HOME", "LD_LIBRARY_PATH"] {
            own[name] = ProcessInfo.processInfo.environment[name]
        }
        return try await body(
            Place(
                folder: folder, logs: logs,
                environment: own.merging(environment) { $1 }))
    }
}
