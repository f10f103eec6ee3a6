// Owns how lowered manifests become the catalog that SQLite makes of them. Invariant: nothing but
// what was read back of a database in memory is in the result, and nothing that was not declared.

internal import Manifest
internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// Builds desired objects in memory and reads them back.
struct Canonicalizer {
    /// Something that SQLite refused.
    private struct Failure {
        var object: SQLiteObject
        var statement: RenderedSQL?
        var error: SQLiteError
    }

    private let desired: [SQLiteObject]
    private let scratch: SQLiteConnection

    /// The canonical catalog.
    ///
    /// - Parameter environment: the schema of the live database: what no manifest declares of it
    ///   is there for what the manifests refer to.
    /// - Throws: `DiagnosticsError` with the place of everything that SQLite refused.
    static func canonicalize(
        _ desired: [SQLiteObject], environment: SchemaRows
    ) async throws -> Catalog<SQLiteObject> {
        let scratch = try await SQLiteConnection.open(.memory)
        do {
            try await scratch.standInForUnknownCollations()
            let catalog = try await Canonicalizer(desired: desired, scratch: scratch)
                .catalog(environment)
            await scratch.close()
            return catalog
        } catch {
            await scratch.close()
            throw error
        }
    }

    private func catalog(_ environment: SchemaRows) async throws -> Catalog<SQLiteObject> {
        let lent = try await lend(environment)
        var failures = try await build(statements(.table))
        failures += try await build(statements(.index))
        let made = try await CanonicalStatements(
            statements: desired.filter { $0.id.kind == .statement }, scratch: scratch,
            names: names(environment)
        ).make()
        failures += made.refusals.map { Failure(object: $0.0, statement: nil, error: $0.1) }
        failures += try await build(statements(.view))
        failures += try await checkViews()
        failures += try await buildTriggers()
        let problems = diagnostics(failures) + CanonicalStatements.problems(made.reaches)
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        try await checkQueries()
        let reads = desired.compactMap { SQLiteRead($0) }
        let read = try await SQLiteInspector.inspect(scratch, detail: .full, reads: reads).catalog
        let rows = try await CanonicalRows.read(desired, tables: read)
        guard rows.refusals.isEmpty else {
            throw DiagnosticsError(
                diagnostics(
                    rows.refusals.map { Failure(object: $0.row, statement: nil, error: $0.error) }))
        }
        try checkStatements(read, beside: lent)
        var own = read.filter { object in
            !lent.contains(object.id) && !(object.parent.map(lent.contains) ?? false)
        }
        let undeclared = CanonicalUndeclared(desired).diagnostics(own)
        guard undeclared.isEmpty else { throw DiagnosticsError(undeclared) }
        for row in rows.objects { own.insert(row) }
        return own
    }

    // MARK: - Building

    /// What the live database has beside virtual tables, and what is to be there.
    private func names(_ environment: SchemaRows) -> [(type: String, name: String)] {
        let live = environment.entries.filter { entry in
            ["index", "view", "trigger"].contains(entry.type) || entry.hasPages
        }.filter { environment.tables[$0.table.asciiFolded]?.type != "shadow" }
        let declared = desired.filter { [.table, .view, .index, .trigger].contains($0.id.kind) }
        return live.map { ($0.type, $0.name) } + declared.map { ($0.id.kind.rawValue, $0.id.name) }
    }

    /// Makes tables and views of the live database whose names no manifest uses, but for what
    /// statements are to make here. What cannot be made is not there.
    private func lend(_ environment: SchemaRows) async throws -> Set<ObjectID> {
        let names = Set(
            desired.lazy.filter { $0.id.path.count == 1 && $0.id.kind != .statement }.map(\.id.name)
        )
        let statements = desired.compactMap(\.statement)
        let products =
            statements.isEmpty
            ? [] : try await StatementProducts.objects(of: statements, beside: environment)
        let made = Set(products.map(\.name.asciiFolded))
        var lent: Set<ObjectID> = []
        for entry in environment.entries where entry.type == "table" || entry.type == "view" {
            let folded = entry.name.asciiFolded
            guard !names.contains(folded), !made.contains(folded) || entry.hasPages,
                environment.tables[folded]?.type != "shadow",
                !folded.hasPrefix("sqlite_"), !SQLiteInspector.ownTables.contains(folded)
            else { continue }
            guard (try? await scratch.query(entry.sql)) != nil else { continue }
            lent.insert(entry.type == "view" ? .view(folded) : .table(folded))
        }
        return lent
    }

    private func statements(_ kind: ObjectKind) -> [(object: SQLiteObject, sql: SQL)] {
        let objects = Dictionary(desired.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let tables = TableParts.all(in: desired).compactMap { table in
            objects[table.id].map { ($0, table.parts.create()) }
        }
        return kind == .table
            ? tables
            : desired.filter { $0.id.kind == kind }.sorted { $0.id < $1.id }.compactMap { object in
                switch object.definition {
                case .index(let index): (object, index.create())
                case .view(let view): (object, view.create)
                case .trigger(let trigger): (object, trigger.create)
                case .table, .column, .constraint, .data, .statement: nil
                }
            }
    }

    /// What tells whether something is there is asked of the target time and again.
    private func checkQueries() async throws {
        var problems: [Diagnostic] = []
        for object in desired {
            guard case .statement(let statement) = object.definition,
                try await scratch.changesData(statement.identity.text)
            else { continue }
            problems.append(
                .error(
                    "refused", "\(object.id): its identity would change the database",
                    at: statement.identity.span ?? object.span,
                    help: "write a query that changes nothing"))
        }
        if !problems.isEmpty { throw DiagnosticsError(problems) }
    }

    /// Each statement has made what its query finds, and nothing that has a kind of its own.
    private func checkStatements(
        _ read: Catalog<SQLiteObject>, beside lent: Set<ObjectID>
    ) throws(DiagnosticsError) {
        let statements = desired.filter { $0.id.kind == .statement }
        guard !statements.isEmpty else { return }
        var problems = statements.filter { read[$0.id] == nil }.map { object in
            Diagnostic.error(
                "no-identity", "\(object.id): its identity finds nothing once it is made",
                at: object.span, help: "write a query that gives a row exactly if it is there")
        }
        let declared = Set(desired.map(\.id)).union(lent)
        for object in read.sorted where !declared.contains(object.id) {
            // What stands in a table is its own; only declared texts make indexes and triggers.
            guard [.table, .view, .index, .trigger].contains(object.id.kind) else { continue }
            problems.append(
                .error(
                    "has-own-kind", "a statement makes \(object.id), which has a kind of its own",
                    at: statements[0].span, help: "declare it by a manifest of its own"))
        }
        if !problems.isEmpty { throw DiagnosticsError(problems) }
    }

    private func build(
        _ statements: [(object: SQLiteObject, sql: SQL)]
    ) async throws -> [Failure] {
        var failures: [Failure] = []
        for (object, sql) in statements {
            let statement = sql.rendered(.sqlite)
            do throws(SQLiteError) {
                try await scratch.query(statement.text)
            } catch {
                failures.append(Failure(object: object, statement: statement, error: error))
            }
        }
        return failures
    }

    /// SQLite makes any view; whether it can be read shows only when it is. The query by itself
    /// has the places, the view the number of its columns.
    private func checkViews() async throws -> [Failure] {
        var failures: [Failure] = []
        for object in desired.sorted(by: { $0.id < $1.id }) {
            guard case .view(let view) = object.definition else { continue }
            let query: SQL = "\(verbatim: view.query.written)"
            let all: SQL = "SELECT * FROM \(name: view.name)"
            for sql in [query, all] {
                let statement = sql.rendered(.sqlite)
                do throws(SQLiteError) {
                    try await scratch.check(statement.text)
                } catch {
                    failures.append(
                        Failure(
                            object: object, statement: sql == query ? statement : nil,
                            error: error))
                    break
                }
            }
        }
        return failures
    }

    /// The body of a trigger is looked at when it is to run; those before it are known to be good.
    private func buildTriggers() async throws -> [Failure] {
        var failures: [Failure] = []
        for item in statements(.trigger) {
            let failed = try await build([item])
            guard failed.isEmpty, case .trigger(let trigger) = item.object.definition else {
                failures += failed
                continue
            }
            let text = trigger.create.text(.sqlite)
            guard let (read, _) = try? CreateTrigger.read(text) else { continue }
            do throws(SQLiteError) {
                let column = try await writableColumn(of: trigger.table)
                let statement = try await DependencyProbe.statement(
                    firing: read, table: trigger.table, column: column, in: scratch)
                try await scratch.check(statement)
            } catch {
                failures.append(Failure(object: item.object, statement: nil, error: error))
                try await scratch.query(
                    "DROP TRIGGER \(SQLDialect.sqlite.quoted(name: trigger.name))")
            }
        }
        return failures
    }

    private func writableColumn(of table: String) async throws(SQLiteError) -> String {
        try await scratch.query(
            "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 LIMIT 1", [.text(table)]
        ).first?.text(0) ?? ""
    }

    // MARK: - Diagnostics

    private func diagnostics(_ failures: [Failure]) -> [Diagnostic] {
        failures.map { failure in
            if let reserved = reserved(failure) { return reserved }
            let error = failure.error
            // A text that ends too early is noticed at what stands behind it.
            let place = error.position.flatMap {
                failure.statement?.span(at: $0) ?? failure.statement?.span(at: $0 - 1)
            }
            return Diagnostic.error(
                Self.code(error.message), "\(failure.object.id): \(error.message)",
                at: place ?? failure.object.span ?? parentSpan(failure.object),
                help: help(error.message, failure.object))
        }
    }

    /// Whether there are tables of Lockstep's own at the time must make no difference.
    private func reserved(_ failure: Failure) -> Diagnostic? {
        let start = "no such table: "
        guard failure.error.message.hasPrefix(start),
            let name = failure.error.message.dropFirst(start.count).split(separator: ".").last,
            SQLiteInspector.ownTables.contains(String(name).asciiFolded)
        else { return nil }
        return .error(
            "reserved-name",
            "\(failure.object.id) speaks of \(name), which is Lockstep's own",
            at: failure.object.span ?? parentSpan(failure.object),
            help: "leave those tables alone; lockstep history tells what is in them")
    }

    private static func code(_ message: String) -> String {
        if message.hasPrefix("no such ") { return "missing-reference" }
        if message.hasSuffix(": syntax error") { return "sql-syntax" }
        return message.hasSuffix(" already exists") ? "duplicate-object" : "refused"
    }

    private func parentSpan(_ object: SQLiteObject) -> SourceSpan? {
        desired.first { $0.id == object.parent }?.span
    }

    /// What could be meant by a name that is not there.
    private func help(_ message: String, _ object: SQLiteObject) -> String {
        func name(after start: String) -> String? {
            message.hasPrefix(start)
                ? message.dropFirst(start.count).split(separator: ".").last.map(String.init) : nil
        }
        let columns = desired.compactMap { object -> String? in
            if case .column(let column) = object.definition { column.name } else { nil }
        }
        let tables = desired.compactMap { object -> String? in
            switch object.definition {
            case .table(let table): table.name
            case .view(let view): view.name
            case .column, .constraint, .index, .trigger, .data, .statement: nil
            }
        }
        if let column = name(after: "no such column: ") {
            return DidYouMean.hint(column, in: columns)
                ?? "Declare the column, or correct the name; texts take single quotes."
        }
        if let table = name(after: "no such table: ") {
            return DidYouMean.hint(table, in: tables) ?? "Declare it, or correct the name."
        }
        if message.hasPrefix("no such function: ") {
            return "Only SQLite's own functions can be used here; those that an application "
                + "registers are not known to it."
        }
        return "Correct the manifest so that SQLite accepts it."
    }
}
