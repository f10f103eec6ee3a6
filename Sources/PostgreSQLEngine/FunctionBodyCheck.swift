// Owns the question what a language's validator says of the bodies of functions that are there.
// Nothing is called or changed by it.

internal import PostgreSQLClient
import SchemaCore

struct FunctionBodyCheck {
    /// A body in quotes.
    struct Body: Sendable {
        var oid: String
        /// The language's validator, as `regproc` prints it.
        var validator: String
        /// The settings of the function: `name=value`.
        var settings: [String?]
        /// Where its names are looked up.
        var path: [String]
    }

    private let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    /// What is refused, by its place among the bodies.
    func failures(
        _ bodies: [Body]
    ) async throws -> [(place: Int, error: PostgreSQLError)] {
        var out: [(place: Int, error: PostgreSQLError)] = []
        let groups = Dictionary(grouping: bodies.indices) {
            [bodies[$0].validator] + bodies[$0].path
        }
        for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            // One call for all, and one for each only where something is wrong.
            let plain = group.filter { bodies[$0].settings.isEmpty }
            let single = group.filter { !bodies[$0].settings.isEmpty }
            let suspects = try await run(plain.map { bodies[$0] }) == nil ? single : group
            for place in suspects {
                if let error = try await run([bodies[place]]) { out.append((place, error)) }
            }
        }
        return out
    }

    /// Validates functions with one search path in one call.
    private func run(_ bodies: [Body]) async throws -> PostgreSQLError? {
        guard let first = bodies.first else { return nil }
        let path = first.path.map(SQLDialectName.quoted).joined(separator: ", ")
        do {
            try await connection.transaction(readOnly: true) { connection in
                try await connection.set("check_function_bodies", to: "on", isLocal: true)
                try await connection.set("search_path", to: path, isLocal: true)
                for case .some(let setting) in first.settings {
                    try await Self.set(setting, connection)
                }
                try await connection.query(
                    "SELECT \(first.validator)(f) FROM pg_catalog.unnest($1::oid[]) f",
                    ["{\(bodies.map(\.oid).joined(separator: ","))}"])
            }
            return nil
        } catch let error as PostgreSQLError {
            guard error.kind == .server, !error.isConnectionLost else { throw error }
            return error
        }
    }

    /// Sets what a function sets while it runs. What only a superuser may set, or nobody in a
    /// session, is no matter of the body, and nothing that a validator looks at.
    private static func set(_ setting: String, _ connection: PostgreSQLConnection) async throws {
        guard let equals = setting.firstIndex(of: "=") else { return }
        try await connection.query("SAVEPOINT setting")
        do {
            try await connection.set(
                String(setting[..<equals]),
                to: String(setting[setting.index(after: equals)...]), isLocal: true)
        } catch {
            guard error.sqlstate == .insufficientPrivilege || error.sqlstate?.rawValue == "55P02"
            else { throw error }
            try await connection.query("ROLLBACK TO SAVEPOINT setting")
        }
        try await connection.query("RELEASE SAVEPOINT setting")
    }

    /// Marks the functions of a catalog whose own server refuses the bodies.
    ///
    /// - Parameter searchPath: the project's path, behind each function's own schema.
    /// - Returns: what was refused, in the order of the addresses.
    func mark(
        _ catalog: inout Catalog<PostgreSQLObject>, searchPath: [String]
    ) async throws -> [(id: ObjectID, error: PostgreSQLError)] {
        let rows = try await connection.query(
            """
            SELECT p.oid, n.nspname, p.proname, \(CatalogQuery.signature), p.prokind = 'p',
                l.lanvalidator::pg_catalog.regproc, coalesce(p.proconfig, '{}')
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
            WHERE p.prosqlbody IS NULL AND l.lanvalidator <> 0 AND p.oid >= 16384
                AND \(CatalogQuery.isNoMember("pg_catalog.pg_proc", "p.oid"))
            ORDER BY p.oid
            """)
        var ids: [ObjectID] = []
        var bodies: [Body] = []
        for row in rows {
            let (schema, name) = (try row.text(1), try row.text(2))
            let kind: ObjectKind = try row.bool(4) ? .procedure : .function
            let id = ObjectID(kind, schema, name, try row.text(3))
            guard catalog[id] != nil else { continue }
            ids.append(id)
            bodies.append(
                Body(
                    oid: try row.text(0), validator: try row.text(5),
                    settings: try row.optionalTexts(6) ?? [],
                    path: [schema] + searchPath.filter { $0 != schema }))
        }
        let failures = try await failures(bodies).map { (id: ids[$0.place], error: $0.error) }
        for (id, _) in failures {
            guard var object = catalog[id] else { continue }
            object.isBodyUnchecked = true
            catalog.insert(object)
        }
        return failures.sorted { $0.id < $1.id }
    }
}
