import Planning
import SchemaCore

/// Why a command ends without having done what it was asked.
struct Failure: Error {
    /// The exit code.
    var status: ExitStatus
    /// What is wrong.
    var message: String
    /// What to do next.
    var help: String?

    init(_ status: ExitStatus, _ message: String, help: String? = nil) {
        self.status = status
        self.message = message
        self.help = help
    }

    static func usage(_ message: String, help: String? = nil) -> Failure {
        Failure(.usage, message, help: help)
    }
}
