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
    /// - Parameters:
    ///   - before: what was there before the first of them.
    ///   - made: what is there after the last.
    /// - Throws: `DiagnosticsError` for queries that find nothing or cannot be asked, and for
    ///   statements that reach for what has a manifest.
    func objects(
        from before: Catalog<PostgreSQLObject>, to made: Catalog<PostgreSQLObject>
    ) async throws -> [PostgreSQLObject] {
        if statements.isEmpty { return [] }
        let reaches = try await overreaches(from: before, to: made)
        guard reaches.isEmpty else { throw DiagnosticsError(reaches) }
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

    /// What statements do to what manifests declare: a text of its author would take away from
    /// the target what a manifest keeps, or make it differ for ever. What removes them is tried
    /// and taken back; where it cannot be here, it tells nothing.
    private func overreaches(
        from before: Catalog<PostgreSQLObject>, to made: Catalog<PostgreSQLObject>
    ) async throws -> [Diagnostic] {
        let reaches = overreaches(from: before, to: made, by: "a statement")
        let removals = statements.reversed().flatMap { object -> [VerbatimSQL] in
            guard case .plain(.statement(let statement)) = object.definition else { return [] }
            return statement.drop
        }
        if !reaches.isEmpty || removals.isEmpty { return reaches }
        try await database.connection.begin()
        for removal in removals {
            guard case .failure = try await database.connection.attempt(removal.text) else {
                continue
            }
            try await database.connection.rollback()
            return []
        }
        let left = try await database.read()
        try await database.connection.rollback()
        let others = made.filter { before[$0.id] != nil }
        return overreaches(from: others, to: left, by: "what removes a statement")
    }

    private func overreaches(
        from before: Catalog<PostgreSQLObject>, to after: Catalog<PostgreSQLObject>,
        by words: String
    ) -> [Diagnostic] {
        guard let first = statements.first else { return [] }
        let declared = Dictionary(
            declared.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return before.sorted.compactMap { object in
            guard object.statedBy == nil else { return nil }
            let word: String
            if let present = after[object.id] {
                guard present.definition != object.definition else { return nil }
                word = "changes"
            } else {
                word = "removes"
            }
            // What goes with its table is not told by itself.
            if let parent = object.parent, before[parent] != nil, after[parent] == nil {
                return nil
            }
            return .error(
                "reaches-others",
                "\(words) \(word) \(object.id), which has a manifest",
                at: statements.count == 1 ? first.span : nil,
                help: "say in that manifest what it is to be; a statement makes what has none",
                notes: declared[object.id]?.span.map {
                    [.init("it is declared here", at: $0)]
                } ?? [])
        }
    }
}
