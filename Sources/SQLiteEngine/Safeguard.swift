// Owns the backup before steps that lose data. Invariant: it is whole and looked over, or nothing
// of the plan is run; none that is there is ever replaced.

internal import Foundation
internal import Planning
internal import SQLiteClient
internal import SchemaCore

extension SQLiteSession {
    /// Takes a backup of the whole database beside it, by the online backup API.
    func safeguard(_ plan: Plan, attempt: Int64) async throws -> Safeguard? {
        if connection.location.isMemory { return nil }
        let path = freePath("\(summary).lockstep-\(attempt)-\(plan.digest.short)")
        do {
            let backup = try await connection.backup(to: path)
            let unchecked = backup.unchecked.sorted { $0.key < $1.key }.map { table, reason in
                "; table \(table) is in it, and was not looked over: \(reason)"
            }.joined()
            return Safeguard("backup of the database as it is now: \(backup.path)\(unchecked)")
        } catch  where error.kind == .cancelled {
            throw EngineError(error)
        } catch {
            // Whatever it is, another try would have to begin the same way.
            throw EngineError(
                .refused, "no backup could be made, so nothing was run: \(error.message)",
                code: error.code?.description,
                help: error.hint
                    ?? "Run PRAGMA integrity_check on the database, and see to what it tells.")
        }
    }

    /// A plan that is gone on with gets another backup: others may have written since.
    private func freePath(_ start: String) -> String {
        var path = "\(start).backup"
        var number = 2
        while FileManager.default.fileExists(atPath: path) {
            path = "\(start)-\(number).backup"
            number += 1
        }
        return path
    }
}
