import Foundation
import Planning
import SchemaCore

/// A plan that somebody kept in a file.
enum PlanFile {
    /// Reads it and checks its digest.
    static func read(_ path: String) throws -> Plan {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(
                .failure, "the plan \(path) cannot be read",
                help: "make it with lockstep plan -o json --out \(path)")
        }
        return try PlanDocument.plan(from: data, name: path)
    }
}
