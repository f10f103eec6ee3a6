import Foundation

/// Who runs the command.
enum Actor {
    /// `user@host`
    static var current: String { "\(NSUserName())@\(ProcessInfo.processInfo.hostName)" }
}

/// The version of this program.
enum Version {
    /// As semantic versioning has it.
    static let current = "0.1.0"
}
