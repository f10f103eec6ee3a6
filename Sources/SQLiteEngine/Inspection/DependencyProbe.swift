// Owns the asking of SQLite what views and triggers refer to. Invariant: only a copy of the schema
// in memory is asked, in which one trigger stands at a time, so that its answer is its own.

internal import SQLiteClient
internal import SchemaCore

/// A copy of a schema without rows and triggers.
struct DependencyProbe {
    /// What SQLite said.
    struct Answer {
        /// What the text would touch; nothing if it refers to what is not there.
        var accesses: Set<SQLiteAccess> = []
        /// Whether all words in double quotes are names.
        var quotesNames = true
    }

    private let copy: SQLiteConnection
    /// A copy of what manifests could give; nil where that is all.
    private let plain: SQLiteConnection?
    /// The names of the views, folded to spelled.
    private let views: [String: String]
    /// The folded names of tables and indexes that SQLite does not make again here, mostly since
    /// only an application knows their functions: no manifest could give them.
    let notMade: Set<String>

    /// Copies tables, indexes and views.
    ///
    /// - Parameter isBeyond: whether no manifest could give a table or a view.
    init(
        _ rows: SchemaRows, isBeyond: (SchemaRows.Entry) -> Bool
    ) async throws(SQLiteError) {
        views = Dictionary(
            rows.entries.lazy.filter { $0.type == "view" }.map { ($0.name.asciiFolded, $0.name) },
            uniquingKeysWith: { $1 })
        let isAsked = rows.entries.contains { $0.type == "view" || $0.type == "trigger" }
        let relations = rows.entries.filter { entry in
            ["table", "index", "view"].contains(entry.type)
                && rows.tables[entry.table.asciiFolded]?.type != "shadow"
        }
        let (copy, notMade) = try await Self.copy(of: relations)
        self.copy = copy
        self.notMade = notMade
        let given = relations.filter { !isBeyond($0) }
        plain =
            isAsked && given.count < relations.count ? try await Self.copy(of: given).copy : nil
    }

    private static func copy(
        of entries: [SchemaRows.Entry]
    ) async throws(SQLiteError) -> (copy: SQLiteConnection, notMade: Set<String>) {
        let copy = try await SQLiteConnection.open(.memory)
        try await copy.standInForUnknownCollations()
        var notMade: Set<String> = []
        for entry in entries {
            // What cannot be made again here is not there for what refers to it.
            guard (try? await copy.query(entry.sql)) == nil, entry.type != "view" else { continue }
            notMade.insert(entry.name.asciiFolded)
        }
        return (copy, notMade)
    }

    /// Ends the copies.
    func close() async {
        await copy.close()
        await plain?.close()
    }

    /// Whether all that a view's query refers to is there, and manifests could give it.
    func isSound(_ statement: String) async -> Bool {
        (try? await (plain ?? copy).check(statement)) != nil
    }

    /// The same of a trigger.
    func isSound(
        firing trigger: CreateTrigger, _ sql: String, table: String, column: String
    ) async throws(SQLiteError) -> Bool {
        let copy = plain ?? copy
        guard (try? await copy.query(sql)) != nil else { return false }
        let isSound = await isSound(
            try await Self.statement(firing: trigger, table: table, column: column, in: copy))
        try await copy.query("DROP TRIGGER \(SQLDialect.sqlite.quoted(name: trigger.name))")
        return isSound
    }

    /// What a text refers to.
    ///
    /// - Parameters:
    ///   - statement: what needs all of the text.
    ///   - tokens: the text.
    ///   - own: its own name, if it is a view.
    func ask(
        _ statement: String, tokens: [Token], own: String = "", wantsAccesses: Bool
    ) async throws(SQLiteError) -> Answer {
        let hasDoubleQuotes = tokens.contains { $0.kind == .quoted(.double) }
        guard hasDoubleQuotes || wantsAccesses else { return Answer() }
        var answer = Answer()
        if hasDoubleQuotes {
            try await copy.setDoubleQuotedStrings(false)
            do throws(SQLiteError) {
                answer.accesses = try await copy.accesses(of: statement)
            } catch {
                answer.quotesNames = false
            }
            try await copy.setDoubleQuotedStrings(true)
        }
        if answer.accesses.isEmpty {
            answer.accesses = (try? await copy.accesses(of: statement)) ?? []
        }
        if wantsAccesses {
            try await addViews(to: &answer, statement, tokens, own: own, copy)
        }
        return answer
    }

    /// SQLite tells of no access to a view of which no column is read. So views that the text may
    /// speak of are taken away for a moment: if it cannot be read then, it needs them.
    private func addViews(
        to answer: inout Answer, _ statement: String, _ tokens: [Token], own: String,
        _ copy: SQLiteConnection
    ) async throws(SQLiteError) {
        let told = answer.accesses.compactMap { access -> String? in
            if case .read(let table, _) = access.kind { table.asciiFolded } else { nil }
        }
        let candidates = Set(tokens.map(\.unquoted.asciiFolded)).subtracting(told)
            .subtracting([own.asciiFolded])
        for name in candidates.sorted() {
            guard !answer.accesses.isEmpty, let view = views[name] else { continue }
            try await copy.query("SAVEPOINT without")
            try await copy.query("DROP VIEW \(SQLDialect.sqlite.quoted(name: view))")
            if (try? await copy.check(statement)) == nil {
                answer.accesses.insert(
                    SQLiteAccess(kind: .read(table: view, column: ""), within: nil))
            }
            try await copy.query("ROLLBACK TO without")
            try await copy.query("RELEASE without")
        }
    }

    /// What a trigger refers to.
    func ask(
        firing trigger: CreateTrigger, _ sql: String, table: String, column: String,
        wantsAccesses: Bool
    ) async throws(SQLiteError) -> Answer {
        let tokens = (trigger.condition ?? []) + trigger.body
        let hasDoubleQuotes = tokens.contains { $0.kind == .quoted(.double) }
        guard hasDoubleQuotes || wantsAccesses else { return Answer() }
        guard (try? await copy.query(sql)) != nil else {
            return Answer(quotesNames: !hasDoubleQuotes)
        }
        let statement = try await Self.statement(
            firing: trigger, table: table, column: column, in: copy)
        let answer = try await ask(
            statement, tokens: tokens, own: table, wantsAccesses: wantsAccesses)
        try await copy.query("DROP TRIGGER \(SQLDialect.sqlite.quoted(name: trigger.name))")
        return answer
    }

    /// A statement that a trigger runs for.
    ///
    /// - Parameter column: one of the table that can be set; for a view nothing.
    static func statement(
        firing trigger: CreateTrigger, table: String, column: String,
        in connection: SQLiteConnection
    ) async throws(SQLiteError) -> String {
        let table = SQLDialect.sqlite.quoted(name: table)
        switch trigger.event {
        case .insert: return "INSERT INTO \(table) DEFAULT VALUES"
        case .delete: return "DELETE FROM \(table)"
        case .update:
            var name = trigger.columns.first ?? column
            if name.isEmpty {
                name = (try? await connection.check("SELECT * FROM \(table)").first) ?? ""
            }
            return "UPDATE \(table) SET \(SQLDialect.sqlite.quoted(name: name)) = NULL"
        }
    }
}
