// Owns the making of what only its author knows. Invariant: such a text makes things of its own and
// changes nothing else; SQLite says what it would, while it runs beside all names of the target.

internal import SQLiteClient
internal import SchemaCore

/// Runs declared statements in a database in memory.
struct CanonicalStatements {
    /// Something that a text does to what is not its own.
    struct Reach {
        let object: SQLiteObject
        /// `its create text deletes rows of keep`
        let words: String
    }

    /// The statements in their order.
    let statements: [SQLiteObject]
    let scratch: SQLiteConnection
    /// Names that the target has or is to have, by the type of what they name.
    let names: [(type: String, name: String)]

    /// Makes all of them.
    func make() async throws -> (refusals: [(SQLiteObject, SQLiteError)], reaches: [Reach]) {
        if statements.isEmpty { return ([], []) }
        var refusals: [(SQLiteObject, SQLiteError)] = []
        var reaches: [Reach] = []
        let standIns = try await makeStandIns()
        let others = Set(try await objects().map(\.name.asciiFolded))
        for object in statements {
            guard case .statement(let statement) = object.definition else { continue }
            do throws(SQLiteError) {
                let found = try await scratch.accesses(ofRunning: statement.create.text)
                reaches += Self.reaches(found, others, object, "create")
            } catch {
                refusals.append((object, error))
            }
        }
        for object in statements.reversed() {
            guard case .statement(let statement) = object.definition, let drop = statement.drop
            else { continue }
            try await scratch.query("SAVEPOINT lockstep_drop")
            // One that needs what is not here is not run by this plan.
            let found = (try? await scratch.accesses(ofRunning: drop.text)) ?? []
            reaches += Self.reaches(found, others, object, "drop")
            try await scratch.query("ROLLBACK TO lockstep_drop")
            try await scratch.query("RELEASE lockstep_drop")
        }
        try await remove(standIns)
        return (refusals, reaches)
    }

    /// An error for each of them.
    static func problems(_ reaches: [Reach]) -> [Diagnostic] {
        reaches.map { reach in
            .error(
                "reaches-others", "\(reach.object.id): \(reach.words), which is not its own",
                at: reach.object.span,
                help: "change that by its own manifest, or by hand; a statement is for what has "
                    + "no kind of its own")
        }
    }

    // MARK: - Names

    /// What is not made here has the name all the same, so that `DROP … IF EXISTS` finds it.
    private func makeStandIns() async throws(SQLiteError) -> [(type: String, name: String)] {
        let anchor = "lockstep stand-in"
        try await scratch.query("CREATE TABLE \(quoted(anchor)) (a)")
        var made = [(type: "table", name: anchor)]
        let taken = Dictionary(
            grouping: try await objects(), by: { $0.name.asciiFolded }
        ).mapValues { Set($0.map { $0.type == "trigger" }) }
        for (type, name) in names {
            guard taken[name.asciiFolded]?.contains(type == "trigger") != true else { continue }
            let own = quoted(name)
            let sql: String? =
                switch type {
                case "table": "CREATE TABLE \(own) (a)"
                case "view": "CREATE VIEW \(own) AS SELECT 1 AS a"
                case "index": "CREATE INDEX \(own) ON \(quoted(anchor)) (a)"
                case "trigger":
                    "CREATE TRIGGER \(own) AFTER INSERT ON \(quoted(anchor)) BEGIN SELECT 1; END"
                default: nil
                }
            guard let sql, (try? await scratch.query(sql)) != nil else { continue }
            made.append((type, name))
        }
        return made
    }

    private func remove(_ standIns: [(type: String, name: String)]) async throws(SQLiteError) {
        // The table that the others stand on goes last.
        for (type, name) in standIns.reversed() {
            try await scratch.query("DROP \(type.asciiUppercased) IF EXISTS \(quoted(name))")
        }
    }

    private func objects() async throws(SQLiteError) -> [(type: String, name: String)] {
        var found: [(type: String, name: String)] = []
        for row in try await scratch.query("SELECT type, name FROM sqlite_schema") {
            found.append((try row.text(0), try row.text(1)))
        }
        return found
    }

    private func quoted(_ name: String) -> String { SQLDialect.sqlite.quoted(name: name) }

    // MARK: - Accesses

    private static func reaches(
        _ accesses: Set<SQLiteAccess>, _ others: Set<String>, _ object: SQLiteObject,
        _ text: String
    ) -> [Reach] {
        var found: [String: (rank: Int, words: String)] = [:]
        for access in accesses {
            let (name, rank, words): (String, Int, String)
            switch access.kind {
            case .drop(let other): (name, rank, words) = (other, 4, "drops \(other)")
            case .alter(let other): (name, rank, words) = (other, 3, "alters \(other)")
            case .delete(let other): (name, rank, words) = (other, 2, "deletes rows of \(other)")
            case .update(let other, _):
                (name, rank, words) = (other, 1, "changes rows of \(other)")
            case .insert(let other): (name, rank, words) = (other, 0, "writes rows to \(other)")
            case .read, .function: continue
            }
            let folded = name.asciiFolded
            if others.contains(folded), found[folded].map({ $0.rank < rank }) ?? true {
                found[folded] = (rank, words)
            }
        }
        return found.sorted { $0.key < $1.key }.map {
            Reach(object: object, words: "its \(text) text \($0.value.words)")
        }
    }
}
