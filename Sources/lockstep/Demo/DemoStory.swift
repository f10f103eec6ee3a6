// Owns what differs between the demos of the engines: the example, and what is said about it.

/// An example that the demo plays through, on one engine.
struct DemoStory: Sendable {
    /// The paths and texts of version 1.
    var first: [String: String]
    /// What version 2 has new or changed.
    var changes: [String: String]
    /// Rows for version 1.
    var rows: String
    /// What the shop consists of.
    var shop: String
    /// What version 2 brings.
    var news: String
    /// What the plan's destructive step is.
    var loss: String
    /// What is done before that step runs, if anything.
    var safeguard: String
    /// What somebody does at night.
    var byHand: [String]
    /// How it is brought back.
    var reverting: String
    /// The level that bringing it back needs.
    var revertLevel: String
    /// Makes the database, in the demo's folder.
    var database: @Sendable (_ folder: String) async throws -> any DemoDatabase

    /// By the engine's name.
    static let all: [String: DemoStory] = ["postgresql": postgreSQL, "sqlite": sqlite]

    private static let postgreSQL = DemoStory(
        first: PostgreSQLShop.tables.merging(PostgreSQLShop.rest) { $1 },
        changes: PostgreSQLShop.changes, rows: PostgreSQLShop.seed.values.joined(),
        shop: "fourteen tables, enums, views, functions",
        news: """
            A new table, two wider columns, a foreign key with an index, a renamed column, and a \
            column that goes.
            """,
        loss: "the column with the fax numbers holds values", safeguard: "",
        byHand: [
            "drop index shop.orders_customer_idx",
            "alter table shop.coupons alter column percent set default 10",
        ],
        reverting: "the index is built concurrently, without stopping anybody who writes",
        revertLevel: "breaking"
    ) { _ in try await DemoServer.start() }

    private static let sqlite = DemoStory(
        first: SQLiteShop.tables.merging(SQLiteShop.rest) { $1 },
        changes: SQLiteShop.changes, rows: SQLiteShop.seed.values.joined(),
        shop: "fourteen tables, views, a trigger",
        news: """
            A new table, a wider check, a foreign key with an index, a renamed column, and a \
            column that goes.
            """,
        loss: "the table is made anew without the fax numbers, which it holds",
        safeguard: """
             Before the first step that loses data, SQLite's own online backup copies the file, \
            and the copy is checked.
            """,
        byHand: ["drop index orders_customer_idx", "drop trigger orders_status_event"],
        reverting: "the index and the trigger are made again", revertLevel: "caution"
    ) { DemoFile(path: "\($0)/shop.db") }
}
