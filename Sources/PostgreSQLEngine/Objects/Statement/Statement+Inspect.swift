// Owns how a database is asked for what a statement made, and what it says of things that are not
// modelled. Invariant: what its author wrote is run as a query and as nothing else.

import Planning
import PostgreSQLClient
import SchemaCore

extension ScopeReader {
    /// Nil for what is not there; an error for what cannot even be asked.
    func object(
        _ id: ObjectID, _ statement: StatementDefinition
    ) async throws -> Result<PostgreSQLObject?, PostgreSQLError> {
        // Behind FROM nothing but a query can stand.
        let query: SQL = "SELECT * FROM (\(verbatim: statement.identity)\n) AS lockstep_identity"
        switch try await connection.attempt(query.text(.postgreSQL)) {
        case .failure(let error):
            if error.sqlstate == .insufficientPrivilege { throw error }
            return .failure(error)
        case .success(let rows):
            var definition = statement
            definition.answer = rows.map { row in (0..<row.count).map { row[$0] } }
            if definition.answer.isEmpty { return .success(nil) }
            return .success(PostgreSQLObject(id, .plain(.statement(definition))))
        }
    }
}

extension StatementDefinition {
    /// The names of things among what servers answered.
    struct Carried {
        fileprivate var names: Set<String> = []

        /// Whether a statement answers with the name of something: then it is its.
        func has(_ id: ObjectID) -> Bool {
            !names.isEmpty && names.contains((id.subject ?? id).printedName)
        }
    }

    /// What statements carry: whatever they tell the name of, as `regclass`, `regtype` or
    /// `regprocedure` print it.
    static func carried(by objects: some Sequence<PostgreSQLObject>) -> Carried {
        var carried = Carried()
        for object in objects {
            guard case .plain(.statement(let statement)) = object.definition else { continue }
            for case let value? in statement.answer.joined() {
                carried.names.insert(value)
                // Some are told without the types of their arguments.
                carried.names.insert(String(value.prefix { $0 != "(" }))
            }
        }
        return carried
    }
}

extension ObjectID {
    /// As the server prints the name with an empty search path: `app.total(integer)`.
    fileprivate var printedName: String {
        var names = path[...]
        var types = ""
        if names.count > 2, let last = names.last, last.hasPrefix("("), last.hasSuffix(")") {
            types = last.replacing(", ", with: ",")
            names = names.dropLast()
        }
        return names.map { SQLDialect.postgreSQL.quoted(name: $0) }.joined(separator: ".") + types
    }
}
