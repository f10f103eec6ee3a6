// Owns the search for what declared statements made of what has no kind of its own. Invariant: it
// is SQLite that says so, in a copy of the tables in memory in which the statements are run.

internal import SQLiteClient
internal import SchemaCore

/// What statements make beside their own objects: virtual tables.
enum StatementProducts {
    /// The addresses of what the statements make in a database with these tables and views.
    static func objects(
        of statements: [StatementDefinition], beside rows: SchemaRows
    ) async throws(SQLiteError) -> Set<ObjectID> {
        let copy = try await SQLiteConnection.open(.memory)
        do throws(SQLiteError) {
            try await copy.standInForUnknownCollations()
            for entry in rows.entries where SQLiteInspector.isModelled(entry, rows) {
                guard entry.type == "table" || entry.type == "view" else { continue }
                // What cannot be made again here is not there for what refers to it.
                _ = try? await copy.query(entry.sql)
            }
            for statement in statements.sorted(by: { ($0.order, $0.name) < ($1.order, $1.name) }) {
                // One that others stand in the way of made nothing that is its own.
                _ = try? await copy.runScript(statement.create.text)
            }
            let made = try await copy.query(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage = 0")
            var found: Set<ObjectID> = []
            for row in made { found.insert(.virtualTable(try row.text(0))) }
            await copy.close()
            return found
        } catch {
            await copy.close()
            throw error
        }
    }
}
