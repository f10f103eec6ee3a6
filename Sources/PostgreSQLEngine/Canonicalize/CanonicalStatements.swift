// Owns what declared statements have made in scratch. Invariant: such a text makes things that have
// no kind of their own, and its query finds what it made.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Asks for what statements made, and looks for what they should not have.
struct CanonicalStatements {
    private let statements: [PostgreSQLObject]
    private let declared: [PostgreSQLObject]
    private let database: ScratchDatabase

    init(_ desired: [PostgreSQLObject], in database: ScratchDatabase) {
        statements = desired.filter { $0.id.kind == .statement }
        declared = desired
        self.database = database
    }

    /// The statements with what the server answers to their queries.
    ///
    /// - Throws: `DiagnosticsError` for queries that find nothing or cannot be asked.
    func objects() async throws -> [PostgreSQLObject] {
        if statements.isEmpty { return [] }
        var found: [PostgreSQLObject] = []
        var problems: [Diagnostic] = []
        try await database.connection.transaction(readOnly: true) { connection in
            try await connection.pinSettings(isLocal: true)
            let reader = ScopeReader(connection: connection)
            for object in statements {
                guard case .plain(.statement(let statement)) = object.definition else { continue }
                switch try await reader.object(object.id, statement) {
                case .success(let made?): found.append(made)
                case .success(nil):
                    problems.append(
                        .error(
                            "no-identity",
                            "\(object.id): its identity finds nothing once it is made",
                            at: object.span,
                            help: "write a query that gives a row exactly if it is there"))
                case .failure(let error):
                    problems.append(
                        .error(
                            "refused",
                            "\(object.id): its identity cannot be asked: "
                                + error.message,
                            at: statement.identity.span ?? object.span,
                            help: error.hint
                                ?? "write one query that changes nothing, and names with their "
                                + "schemas"))
                }
            }
        }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        return found
    }

    /// What is not modelled without what statements may have made.
    func foreign(
        _ unmodelled: [Unmodelled], in built: Catalog<PostgreSQLObject>
    ) -> [Unmodelled] {
        let carried = StatementDefinition.carried(by: built.objects.values)
        return unmodelled.filter { !carried.has($0.object) }
    }

    /// What statements made that has a kind of its own: only statements make what stands by itself
    /// and nobody declared.
    func strangers(in built: Catalog<PostgreSQLObject>) -> [Diagnostic] {
        guard let first = statements.first else { return [] }
        // Types in an address are as somebody wrote them.
        func place(_ id: ObjectID) -> ObjectID {
            ObjectID(id.kind, id.words?.reference == .path ? id.path : Array(id.path.prefix(2)))
        }
        let known = Set(declared.map { place($0.id) })
        let kinds = Set(declared.map(\.id.kind))
        return built.sorted.filter { object in
            guard let words = object.id.words, words.folder != nil || object.id.kind == .schema,
                !known.contains(place(object.id)),
                object.parent == nil || object.parent?.kind == .schema
            else { return false }
            return words.isInSchema || words.reference == .path || !kinds.contains(object.id.kind)
        }.map {
            .error(
                "has-own-kind", "a statement makes \($0.id), which has a kind of its own",
                at: first.span, help: "declare it by a manifest of its own")
        }
    }
}
