import Foundation
import Manifest
import Planning
import SchemaCore

/// Where a command writes: data to standard output, all that is said to people about the run to
/// standard error; colour only on a terminal that wants it.
struct Console: Sendable {
    /// Whether a person can be asked.
    let isInteractive: Bool
    /// Colour on standard output.
    let outputStyle: TextStyle
    /// Colour on standard error.
    let errorStyle: TextStyle

    /// The process's own.
    static let standard: Console = {
        let environment = ProcessInfo.processInfo.environment
        let plain =
            environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        return Console(
            isInteractive: isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1,
            outputStyle: isatty(STDOUT_FILENO) == 1 && !plain ? .ansi : .plain,
            errorStyle: isatty(STDERR_FILENO) == 1 && !plain ? .ansi : .plain)
    }()

    /// Writes data.
    func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// Says something about the run.
    func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// Asks for a word; nil at the end of the input.
    func ask(_ question: String) -> String? {
        FileHandle.standardError.write(Data((question + " ").utf8))
        return readLine()
    }

    /// Tells diagnostics with their lines.
    func tell(_ diagnostics: [Diagnostic], sources: SourceTexts) {
        for diagnostic in diagnostics {
            say(TerminalSafe.block(diagnostic.rendered(line: sources.line)))
        }
        let errors = diagnostics.count { $0.severity == .error }
        if errors > 0 { say("\(HumanText.count(Int64(errors), "error"))") }
    }

    /// Tells why a command ends.
    func tell(_ failure: Failure) {
        say(TerminalSafe.block("error: \(failure.message)"))
        if let help = failure.help { say(TerminalSafe.block("  help: \(help)")) }
    }

    /// Tells what an engine could not do.
    func tell(_ error: EngineError) {
        let code = error.code.map { " [\($0)]" } ?? ""
        say(TerminalSafe.block("error: \(error.message)\(code)"))
        if let statement = error.statement { say(TerminalSafe.block("  statement: \(statement)")) }
        if let help = error.help { say(TerminalSafe.block("  help: \(help)")) }
    }
}
