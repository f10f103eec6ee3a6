// Owns the check of function bodies in quotes, which are not looked at when a function is made,
// since they may refer to what comes later: once everything is there, each is given to its
// language's validator.

internal import PostgreSQLClient
import SchemaCore

struct CanonicalizeBodies {
    private let database: ScratchDatabase
    private let target: PostgreSQLConnection

    /// - Parameter target: the live database, whose own bodies are looked at where one is refused.
    init(_ database: ScratchDatabase, _ target: PostgreSQLConnection) {
        self.database = database
        self.target = target
    }

    private struct Body {
        var body: FunctionBodyCheck.Body
        var unit: ScratchUnit
    }

    /// Checks the bodies of what was built, and tells what the validators refuse. What they refuse
    /// of the live database in the same words is no error of the manifests.
    func validate(_ built: [ScratchUnit]) async throws -> [Diagnostic] {
        let bodies = try await bodies(built)
        guard !bodies.isEmpty else { return [] }
        var diagnostics: [Diagnostic] = []
        let check = FunctionBodyCheck(database.connection)
        for (place, error) in try await check.failures(bodies.map(\.body)) {
            let body = bodies[place]
            if body.unit.objects[0].isBodyUnchecked {
                diagnostics.append(warning(body, error, "and its manifest says checkBody: false"))
            } else if try await isStale(body, error) {
                diagnostics.append(warning(body, error, "and so it is in the database"))
            } else {
                diagnostics.append(diagnostic(body, error))
            }
        }
        return diagnostics
    }

    /// Whether the live database has the same body, and its validator says the same of it.
    private func isStale(_ body: Body, _ error: PostgreSQLError) async throws -> Bool {
        guard case .function(let function) = body.unit.objects[0].definition,
            case .source(let source) = function.body
        else { return false }
        let rows = try await target.query(
            """
            SELECT p.oid, coalesce(p.proconfig, '{}')
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
            WHERE n.nspname = $1 AND p.proname = $2 AND l.lanname = $3 AND p.prosrc = $4
            """, [body.unit.id.path[0], body.unit.id.path[1], function.language, source])
        for row in rows {
            var live = body.body
            live.oid = try row.text(0)
            live.settings = try row.optionalTexts(1) ?? []
            let failures = try await FunctionBodyCheck(target).failures([live])
            if failures.contains(where: { $0.error.message == error.message }) { return true }
        }
        return false
    }

    /// The functions that were built, in the order in which they were.
    private func bodies(_ built: [ScratchUnit]) async throws -> [Body] {
        var waiting: [[String]: [ScratchUnit]] = [:]
        for unit in built where unit.rank == .function {
            waiting[Array(unit.id.path.prefix(2)), default: []].append(unit)
        }
        guard !waiting.isEmpty else { return [] }
        // Overloads have one name, so they are told apart by the order in which they were made.
        let rows = try await database.connection.query(
            """
            SELECT p.oid, n.nspname, p.proname, l.lanvalidator::pg_catalog.regproc,
                coalesce(p.proconfig, '{}'), p.prosqlbody IS NULL AND l.lanvalidator <> 0
            FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
            WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        AND d.objid = p.oid AND d.deptype = 'e')
            ORDER BY p.oid
            """)
        var out: [Body] = []
        for row in rows {
            let name = [try row.text(1), try row.text(2)]
            guard var units = waiting[name], !units.isEmpty else { continue }
            let unit = units.removeFirst()
            waiting[name] = units
            guard try row.bool(5), !unit.isEnvironment else { continue }
            out.append(
                Body(
                    body: .init(
                        oid: try row.text(0), validator: try row.text(3),
                        settings: try row.optionalTexts(4) ?? [], path: unit.searchPath),
                    unit: unit))
        }
        return out
    }

    private func warning(
        _ body: Body, _ error: PostgreSQLError, _ reason: String
    ) -> Diagnostic {
        .warning(
            "invalid-body", "\(body.unit.id): \(error.message), \(reason)", at: body.unit.span,
            help: "If it makes what it refers to when it runs, that is as it should be; else it "
                + "fails when it is called: correct the body, or drop the function.")
    }

    private func diagnostic(_ body: Body, _ error: PostgreSQLError) -> Diagnostic {
        var notes: [Diagnostic.Note] = []
        if let position = error.internalPosition, let query = error.internalQuery {
            let before = query.unicodeScalars.prefix(max(position - 1, 0))
            let line = before.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
            let text = query.split(separator: "\n", omittingEmptySubsequences: false)
            if line <= text.count {
                let words = text[line - 1].trimmingPrefix { $0.isWhitespace }
                notes.append(.init("in line \(line) of the body: \(words)"))
            }
        } else if let context = error.context {
            notes.append(.init(context))
        }
        return .error(
            "invalid-body", "\(body.unit.id): \(error.message)", at: body.unit.span,
            help: error.hint
                ?? "Correct the body, or declare what it refers to; checkBody: false takes it so.",
            notes: notes)
    }
}
