// Owns running the programs that tests ask.

import Foundation

/// What a program said.
struct Command {
    let status: Int32
    let output: String

    /// Runs a program of the PATH in the repository's root and gives both of its outputs.
    static func run(_ words: [String]) throws -> Command {
        // A file, because a pipe that nobody reads meanwhile fills up.
        let path = "\(NSTemporaryDirectory())/lockstep-output-\(UUID().uuidString)"
        FileManager.default.createFile(atPath: path, contents: nil)
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw Failure(description: "cannot write \(path)")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: Repository.root)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = file
        process.standardError = file
        try process.run()
        process.waitUntilExit()
        try file.close()
        let bytes = FileManager.default.contents(atPath: path) ?? Data()
        return Command(
            status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self))
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }
}
