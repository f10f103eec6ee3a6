import Planning
import PostgreSQLEngine
import SQLiteEngine

/// The engines that this binary knows: the only place that sees every one of them.
enum Engines {
    /// All, in the order in which help lists them.
    static let all: [any Engine] = [PostgreSQL(), SQLite()]

    /// The names for `--engine`.
    static var names: [String] { all.map(\.name) }

    /// The engine of that name.
    static func named(_ name: String) throws -> any Engine {
        guard let engine = all.first(where: { $0.name == name }) else {
            throw Failure.usage(
                "there is no engine '\(name)'",
                help: "choose one of: \(names.joined(separator: ", "))")
        }
        return engine
    }
}
