// Owns the words for what a server refused to build. Invariant: each tells the place in the
// manifest and what to do; what only follows from another error is not told as one of its own.

internal import Manifest
internal import Planning
internal import PostgreSQLClient
import SchemaCore

struct CanonicalizeDiagnostics {
    /// What was to be built.
    let desired: [PostgreSQLObject]
    /// The live objects that could be borrowed, and what is not modelled beside them, if they were
    /// looked at.
    let live: Inspection<PostgreSQLObject>?

    /// What to tell of what failed, in the order of the places.
    ///
    /// - Parameter early: what could be built once the statements had been run.
    func of(_ failures: [ScratchBuilder.Failure], early: Set<ObjectID> = []) -> [Diagnostic] {
        let failed = Dictionary(
            failures.flatMap { failure in failure.unit.objects.map { ($0.id, failure) } },
            uniquingKeysWith: { first, _ in first })
        var out: [Diagnostic] = []
        for failure in failures where !follows(failure, from: failed) {
            let diagnostic = diagnostic(
                failure, failed, isEarly: early.contains(failure.unit.id))
            if !out.contains(diagnostic) { out.append(diagnostic) }
        }
        return out.sorted { Self.place($0) < Self.place($1) }
    }

    private static let needsStatement =
        "A statement makes what it needs, and statements come behind all that has a kind: make "
        + "this by a statement as well, behind the other; or make the other by other means and "
        + "leave it out of the manifests."

    /// Whether it could not be built since what it belongs to, or a column of that, was not.
    private func follows(
        _ failure: ScratchBuilder.Failure, from failed: [ObjectID: ScratchBuilder.Failure]
    ) -> Bool {
        let object = failure.unit.objects[0]
        var parent = object.parent
        while let id = parent {
            if let other = failed[id], other.unit.id != failure.unit.id { return true }
            parent = id.kind == .column ? .table(id.path[0], id.path[1]) : nil
        }
        guard failure.error.sqlstate == .undefinedColumn, let name = quoted(failure.error.message),
            let table = object.parent, table.kind == .table
        else { return false }
        return failed[.column(table.path[0], table.path[1], name)] != nil
    }

    private func diagnostic(
        _ failure: ScratchBuilder.Failure, _ failed: [ObjectID: ScratchBuilder.Failure],
        isEarly: Bool
    ) -> Diagnostic {
        let error = failure.error
        // For some statements the server tells no position, and for what ends too early one behind.
        let fragments = failure.statement.fragments
        let only = fragments.count == 1 ? fragments[0].span : nil
        let span =
            error.position.flatMap { failure.statement.span(at: $0) } ?? only ?? failure.unit.span
        var notes: [Diagnostic.Note] = []
        if let detail = error.detail { notes.append(.init(detail)) }
        if let query = error.internalQuery { notes.append(.init("in the statement: \(query)")) }
        if isEarly {
            return .error(
                code(error), "\(failure.unit.id): \(error.message)", at: span,
                help: Self.needsStatement, notes: notes)
        }
        if let item = unmodelled(error) {
            let object = TerminalSafe.line("\(item.object)")
            return .error(
                code(error),
                "\(failure.unit.id): \(error.message) where it is built to be compared", at: span,
                help:
                    "The database has \(object), which Lockstep does not model, so what needs it "
                    + "cannot be built: leave \(failure.unit.id) out, or the whole that it is a "
                    + "part of.",
                notes: notes)
        }
        return .error(
            code(error), "\(failure.unit.id): \(error.message)", at: span,
            help: help(failure, failed), notes: notes)
    }

    private func code(_ error: PostgreSQLError) -> String {
        guard let state = error.sqlstate else { return "refused" }
        if Self.missing.contains(state) { return "missing-reference" }
        switch state {
        case .syntaxError: return "sql-syntax"
        case .duplicateObject, .duplicateTable, .duplicateFunction, .duplicateColumn,
            .duplicateSchema:
            return "duplicate-object"
        case .insufficientPrivilege: return "needs-privilege"
        case .queryCanceled: return "build-timeout"
        default: return "refused"
        }
    }

    /// What the database has under the name that is missing, or in the schema that is.
    private func unmodelled(_ error: PostgreSQLError) -> Unmodelled? {
        guard let state = error.sqlstate, Self.missing.contains(state),
            let name = missingName(error)
        else { return nil }
        return live?.unmodelled.first { item in
            let path = item.object.path
            return path.count > 1
                && [path.joined(separator: "."), path[1], path[0]].contains(name)
                && !desired.contains {
                    $0.id.kind == .schema && $0.id.name == path[0] && $0.span != nil
                }
        }
    }

    private static let missing: Set<SQLState> = [
        .undefinedTable, .undefinedColumn, .undefinedObject, .undefinedFunction,
        .invalidSchemaName,
    ]

    private func help(
        _ failure: ScratchBuilder.Failure, _ failed: [ObjectID: ScratchBuilder.Failure]
    ) -> String {
        let error = failure.error
        if let hint = error.hint { return hint }
        guard let state = error.sqlstate, Self.missing.contains(state) else {
            return fallbackHelp(error)
        }
        guard let name = missingName(error) else { return "Declare it, or correct the name." }
        if let help = dottedHelp(failure, name) { return help }
        if state == .undefinedColumn { return columnHelp(failure, name) }
        if let other = failed.values.first(where: { isNamed($0.unit.id, name) }) {
            let place = other.unit.span.map { " at \($0)" } ?? ""
            return "\(other.unit.id) is declared\(place), but could not be built; "
                + "if each needs the other, take one reference out."
        }
        let candidates = Set(
            desired.lazy.filter { $0.id.path.count > 1 || $0.id.kind == .schema }
                .flatMap { Self.names($0.id) })
        // A name is compared with names of its own length.
        let isDotted = name.contains(".")
        var alike = candidates.filter { $0.contains(".") == isDotted }.sorted()
        if error.message.hasPrefix("type ") { alike += Self.typeNames }
        if let hint = DidYouMean.hint(name, in: alike) { return hint }
        return "No manifest declares \(name), and it is no object outside of the managed schemas; "
            + "add a manifest for it, or correct the name."
    }

    /// What people misspell.
    private static let typeNames = [
        "bigint", "bigserial", "boolean", "bytea", "char", "date", "double precision", "inet",
        "integer", "interval", "json", "jsonb", "numeric", "real", "serial", "smallint", "text",
        "time", "timestamp", "timestamptz", "uuid", "varchar", "xml",
    ]

    /// Where a schema and a name were written as one name, which the server was told in quotes.
    private func dottedHelp(_ failure: ScratchBuilder.Failure, _ name: String) -> String? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2,
            failure.statement.text.contains(SQLDialect.postgreSQL.quoted(name: name))
        else { return nil }
        return "This is one name with a dot in it; for a name in a schema write "
            + "{ schema: \(parts[0]), name: \(parts[1]) }."
    }

    private func columnHelp(_ failure: ScratchBuilder.Failure, _ name: String) -> String {
        let last = name.split(separator: ".").last.map(String.init) ?? name
        let table = failure.unit.objects[0].parent
        let columns = desired.lazy.filter { $0.id.kind == .column }
        let own = columns.filter { $0.parent == table }.map(\.id.name)
        return DidYouMean.hint(last, in: own.isEmpty ? columns.map(\.id.name) : Array(own))
            ?? "Declare the column, or correct the name."
    }

    private func fallbackHelp(_ error: PostgreSQLError) -> String {
        switch error.sqlstate {
        case .activeTransaction?:
            "A statement runs in a transaction, so that it comes whole or not at all; make by "
                + "other means what the server makes in none."
        case .syntaxError?: "Correct the SQL; text values take single quotes inside YAML's."
        case .insufficientPrivilege?:
            "Only a superuser may make this; use a scratch provider whose role is one."
        case .queryCanceled?:
            "Building took longer than \(ScratchSession.statementTimeout / 1_000) s; look for an "
                + "expression that runs long."
        default: "Correct the manifest so that the server accepts it."
        }
    }

    /// What the server says is missing: in quotes, or a function with the types of its arguments.
    private func missingName(_ error: PostgreSQLError) -> String? {
        if let name = quoted(error.message) { return name }
        guard let open = error.message.firstIndex(of: "("),
            let start = error.message[..<open].lastIndex(of: " ")
        else {
            // `column t.a does not exist`
            let words = error.message.split(separator: " ")
            return words.count > 1 ? String(words[1]) : nil
        }
        return String(error.message[error.message.index(after: start)..<open])
    }

    private func quoted(_ message: String) -> String? {
        let parts = message.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count > 2 ? String(parts[1]) : nil
    }

    private func isNamed(_ id: ObjectID, _ name: String) -> Bool { Self.names(id).contains(name) }

    /// The names by which a server may speak of an object.
    private static func names(_ id: ObjectID) -> [String] {
        switch id.kind {
        case .table, .view, .sequence, .enum, .function:
            ["\(id.path[0]).\(id.path[1])", id.path[1]]
        case .schema: [id.name]
        default: []
        }
    }

    private static func place(_ diagnostic: Diagnostic) -> (String, Int, Int, String) {
        (
            diagnostic.span?.file ?? "", diagnostic.span?.start.line ?? 0,
            diagnostic.span?.start.column ?? 0, diagnostic.message
        )
    }
}
