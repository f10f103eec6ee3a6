import Foundation

/// Where this program keeps what it can make again.
enum Folders {
    /// A folder below the user's cache (`XDG_CACHE_HOME`, `~/.cache`), which need not be there yet.
    static func cache(_ name: String) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["LOCKSTEP_CACHE"], !folder.isEmpty {
            return "\(folder)/\(name)"
        }
        if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
            return "\(folder)/lockstep/\(name)"
        }
        return "\(NSHomeDirectory())/.cache/lockstep/\(name)"
    }
}
