import ArgumentParser
import Foundation
import GitSource
import Manifest
import Planning
import SchemaCore

/// Runs a command's body and turns whatever it throws into words and an exit code.
enum CommandRun {
    static func run(
        _ body: (Console) async throws -> ExitStatus
    ) async throws {
        let console = Console.standard
        let status: ExitStatus
        do {
            status = try await body(console)
        } catch {
            status = try tell(error, console)
        }
        for engine in Engines.all { await engine.close() }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    /// Tells what was thrown, and gives the exit code for it.
    static func tell(_ error: any Error, _ console: Console) throws -> ExitStatus {
        switch error {
        case let failure as Failure:
            console.tell(failure)
            return failure.status
        case let error as EngineError:
            console.tell(error)
            return error.kind == .lockTimeout ? .busy : .failure
        case let error as LocatedDiagnostics:
            console.tell(error.diagnostics, sources: error.sources)
        case let error as DiagnosticsError:
            console.tell(error.diagnostics, sources: SourceTexts([]))
        case let error as GitError:
            console.tell(Failure(.failure, error.message, help: error.help))
        case is CancellationError:
            console.say("interrupted; the next run goes on from here")
        default: throw error
        }
        return .failure
    }
}

/// Diagnostics with the texts that they point into.
struct LocatedDiagnostics: Error {
    var diagnostics: [Diagnostic]
    var sources: SourceTexts
}

extension SourceTexts {
    /// Runs what may throw diagnostics about these texts.
    func locating<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as DiagnosticsError {
            throw LocatedDiagnostics(diagnostics: error.diagnostics, sources: self)
        }
    }
}
