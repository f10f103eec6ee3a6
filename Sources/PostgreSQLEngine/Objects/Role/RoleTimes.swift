// Owns what the times of roles are as a server prints them.

internal import PostgreSQLClient
import Planning
import SchemaCore

/// Until when passwords are good, as declared and as a server reads that.
struct RoleTimes {
    private var read: [String: String] = [:]
    private var problems: [String: Diagnostic] = [:]

    /// Asks for all times of the roles among some objects.
    static func read(
        _ objects: [PostgreSQLObject], _ database: ScratchDatabase
    ) async throws -> RoleTimes {
        let asked = objects.compactMap { object -> (PostgreSQLObject, String)? in
            guard case .plain(.role(let role)) = object.definition, let time = role.validUntil
            else { return nil }
            return (object, time)
        }
        if asked.isEmpty { return RoleTimes() }
        return try await database.connection.transaction(readOnly: true) { connection in
            try await connection.pinSettings(isLocal: true)
            var times = RoleTimes()
            for (object, time) in asked {
                let query: SQL =
                    "SELECT (\(literal: time))::pg_catalog.timestamptz::pg_catalog.text"
                switch try await connection.attempt(query.text(.postgreSQL)) {
                case .success(let rows): times.read[time] = rows.first?[0]
                case .failure(let error):
                    times.problems[time] = .error(
                        "refused", "\(object.id): validUntil: \(error.message)", at: object.span,
                        help: "write a time with its zone: 2030-01-01 00:00:00+00")
                }
            }
            return times
        }
    }

    /// The role with its time as the server prints it; for ever is none.
    func canonical(_ role: RoleDefinition) throws(DiagnosticsError) -> RoleDefinition {
        guard let time = role.validUntil else { return role }
        if let problem = problems[time] { throw DiagnosticsError([problem]) }
        var role = role
        role.validUntil = read[time].flatMap { $0 == "infinity" ? nil : $0 }
        return role
    }
}
