// Owns what the live catalog looks like after renames. Invariant: SQLite itself says so, in a copy
// of the schema in memory in which the very statements of the plan were run.

internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// Applies renames to a copy of the live schema.
struct Settler {
    /// The catalog after the renames.
    ///
    /// - Throws: `DiagnosticsError` where SQLite refuses a rename.
    static func settle(
        live: Catalog<SQLiteObject>, desired: Catalog<SQLiteObject>, renames: [Rename],
        rows: SchemaRows
    ) async throws -> Settlement<SQLiteObject> {
        let script = RenameScript(renames, live: live, desired: desired)
        if script.isEmpty { return Settlement(catalog: live) }
        let copy = try await SQLiteConnection.open(.memory)
        do {
            try await copy.standInForUnknownCollations()
            try await build(rows, in: copy)
            try await run(script, in: copy)
            var catalog = try await SQLiteInspector.inspect(copy, detail: .full).catalog
            var all = renames
            for (from, object) in RenamedRows(renames, settled: catalog).moved(live) {
                catalog.insert(object)
                if from != object.id { all.append(Rename(from: from, to: object.id)) }
            }
            await copy.close()
            return Settlement(
                renames: all, catalog: catalog,
                addresses: Dictionary(
                    all.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first }))
        } catch {
            await copy.close()
            throw error
        }
    }

    /// Makes all that is in the file again: what is missing would seem to have been dropped.
    private static func build(_ rows: SchemaRows, in copy: SQLiteConnection) async throws {
        for type in ["table", "index", "view", "trigger"] {
            for entry in rows.entries where entry.type == type {
                let table = entry.table.asciiFolded
                if table.hasPrefix("sqlite_") || rows.tables[table]?.type == "shadow" { continue }
                do throws(SQLiteError) {
                    try await copy.query(entry.sql)
                } catch {
                    // A module need not be here; what is made by one is not modelled.
                    if type == "table", !entry.hasPages { continue }
                    throw refusal(
                        "\(type) \(entry.name) cannot be made again in memory", error.message)
                }
            }
        }
    }

    private static func run(_ script: RenameScript, in copy: SQLiteConnection) async throws {
        for statement in script.statements {
            let text = statement.text(.sqlite)
            do throws(SQLiteError) {
                try await copy.query(text)
            } catch {
                throw refusal("\(text) is refused", error.message)
            }
        }
    }

    private static func refusal(_ what: String, _ message: String) -> DiagnosticsError {
        DiagnosticsError([
            .error(
                "rename-refused", "the renames cannot be done: \(what): \(message)",
                help: "correct what SQLite speaks of, or make the rename in a commit of its own")
        ])
    }
}
