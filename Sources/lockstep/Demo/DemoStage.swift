// Owns what the demo does in front of the reader: it shows a command, runs it as it stands, and
// goes on only if it ended as it should.

import Foundation
import Planning
import SchemaCore

/// The place where the demo plays: a folder, a database, and this very program as a child process.
struct DemoStage: Sendable {
    /// The folder in which all commands run.
    let folder: URL
    /// The database.
    let database: any DemoDatabase
    let console: Console

    /// Begins a chapter: what happens now, and why.
    func chapter(_ title: String, _ text: String) {
        let style = console.outputStyle
        console.write("\n" + style.strong("=== \(title)") + "\n\n")
        console.write(
            HumanText.wrapped(text, indent: "", hanging: "", width: 92).joined(separator: "\n")
                + "\n")
    }

    /// Shows a `lockstep` command and its output.
    func lockstep(_ arguments: [String], ends expected: ExitStatus = .success) async throws {
        guard let program = Bundle.main.executablePath else {
            throw Failure(.failure, "the demo cannot find the program lockstep itself")
        }
        try await show("lockstep", arguments, program: program, expected: expected.rawValue)
        if expected != .success {
            console.write(console.outputStyle.faint("(exit code \(expected.rawValue))") + "\n")
        }
    }

    /// Shows a `git` command and its output.
    func git(_ arguments: [String]) async throws {
        try await show("git", arguments, program: "/usr/bin/env", hidden: ["git"], expected: 0)
    }

    /// Shows SQL that somebody runs by hand, and runs it.
    func byHand(_ statements: [String]) async throws {
        console.write("\n")
        for statement in statements { console.write("\(database.prompt) \(statement);\n") }
        try await database.run(statements.joined(separator: ";\n") + ";")
    }

    /// Says where the database is, and makes it.
    func createDatabase() async throws {
        console.write("\n$ export DATABASE_URL=\(ShellWord.quoted(database.url))\n")
        if let making = database.making { console.write("$ \(making)\n") }
        try await database.create()
    }

    /// The ids of the steps of a plan file that can lose data.
    func destructiveSteps(in file: String) throws -> [String] {
        let path = folder.appendingPathComponent(file).path
        guard
            let data = FileManager.default.contents(atPath: path),
            let document = try? CanonicalJSON.decode(PlanDocument.self, from: data)
        else {
            throw Failure(.failure, "the demo stops: it cannot read the plan in \(path)")
        }
        return zip(document.plan.steps, document.assessment.stepRisks)
            .filter { $0.1 == .destructive }.map(\.0.id)
    }

    /// Writes files of the project.
    func write(_ files: [String: String]) throws {
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            let file = folder.appendingPathComponent("shop/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    private func show(
        _ name: String, _ arguments: [String], program: String, hidden: [String] = [],
        expected: Int32
    ) async throws {
        let line = ([name] + arguments).map(ShellWord.quoted).joined(separator: " ")
        console.write("\n" + console.outputStyle.strong("$ \(line)") + "\n")
        let status = try await run(program, hidden + arguments)
        try Task.checkCancellation()
        guard status == expected else {
            throw Failure(
                .failure, "the demo stops: '\(line)' ended with \(status) instead of \(expected)",
                help: "this should not happen; please report it with the output above")
        }
    }

    /// Runs a program whose output goes where ours goes; gives its exit code.
    private func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.standardOutput
        process.standardError = FileHandle.standardOutput
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { ended in
                let isSignal = ended.terminationReason == .uncaughtSignal
                continuation.resume(returning: ended.terminationStatus + (isSignal ? 128 : 0))
            }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(
                    throwing: Failure(.failure, "\(program) cannot be started: \(error)"))
            }
        }
    }

    private var environment: [String: String] {
        let own = [
            "DATABASE_URL": database.url,
            // Neither the user's cache nor the user's git settings play a part.
            "LOCKSTEP_CACHE": folder.appendingPathComponent(".cache").path,
            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "Demo", "GIT_AUTHOR_EMAIL": "demo@example.com",
            "GIT_COMMITTER_NAME": "Demo", "GIT_COMMITTER_EMAIL": "demo@example.com",
        ]
        return ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("GIT_") && !$0.key.hasPrefix("PG")
        }.merging(own) { $1 }
    }
}
