import Planning
import SchemaCore

/// A plan with a step of every sort, on which all renderings are shown. One name is made to
/// deceive: escapes, markup, a pipe, backticks and a line end stand in it.
enum ShopPlan {
    static let hostile = "no`te|<b>\u{1B}[31m\n# x\u{202E}@team"
    static let users = Sample.id("table", "app", "users")
    static let orders = Sample.id("table", "app", "orders")
    static let price = Sample.id("column", "app", "orders", "price")

    static let plan = Sample.plan(expand + contract)

    private static let expand = [
        Sample.step(
            "create-table:app.tags", "Create table app.tags",
            sql: [
                "CREATE TABLE app.tags (\n    id bigint NOT NULL,\n    label text -- short\n)",
                "COMMENT ON TABLE app.tags IS 'Words on orders'",
            ], transaction: .shared(1),
            undo: Undo(.shape(loses: "rows written since"), [Statement("DROP TABLE app.tags")]),
            touches: [
                Sample.created(Sample.id("table", "app", "tags")),
                Sample.created(Sample.id("column", "app", "tags", "id")),
                Sample.created(Sample.id("column", "app", "tags", "label")),
                Sample.created(Sample.id("table", "app", "tags").comment),
            ]),
        Sample.step(
            "add-column:app.users.nick", "Add column app.users.nick",
            sql: ["ALTER TABLE app.users ADD COLUMN nick text -- no default"],
            transaction: .shared(1),
            undo: Undo(
                .shape(loses: "values written since"),
                [Statement("ALTER TABLE app.users DROP COLUMN nick")]),
            touches: [Sample.created(Sample.id("column", "app", "users", "nick"))]),
        Step(
            id: "create-index:app.orders_user_idx", title: "Create index app.orders_user_idx",
            phase: .expand,
            action: .concurrentBuild(
                .init(
                    index: Sample.id("index", "app", "orders_user_idx"),
                    build: Statement(
                        "CREATE INDEX CONCURRENTLY orders_user_idx ON app.orders (user_id)"),
                    cleanup: Statement("DROP INDEX CONCURRENTLY app.orders_user_idx"))),
            transaction: .none,
            undo: Undo(.exact, [Statement("DROP INDEX CONCURRENTLY app.orders_user_idx")]),
            data: .untouched,
            touches: [Sample.created(Sample.id("index", "app", "orders_user_idx"))]),
    ]

    private static let contract = [
        Sample.step(
            "set-not-null:app.users.email", "Forbid NULL in app.users.email", phase: .contract,
            sql: ["ALTER TABLE app.users ALTER COLUMN email SET NOT NULL"],
            probes: [
                Probe(
                    name: "nulls", counts: "rows of app.users whose email is NULL",
                    object: Sample.id("column", "app", "users", "email"),
                    query: Statement("SELECT count(*) FROM app.users WHERE email IS NULL"),
                    meaning: .fails)
            ],
            undo: Undo(
                .exact, [Statement("ALTER TABLE app.users ALTER COLUMN email DROP NOT NULL")]),
            data: .kept,
            touches: [Sample.altered(Sample.id("column", "app", "users", "email"))]),
        Sample.step(
            "rename-column:app.users.name", "Rename column app.users.name to full_name",
            phase: .contract, sql: ["ALTER TABLE app.users RENAME COLUMN name TO full_name"],
            undo: Undo(
                .exact, [Statement("ALTER TABLE app.users RENAME COLUMN full_name TO name")]),
            data: .kept,
            touches: [
                Sample.dropped(Sample.id("column", "app", "users", "name")),
                Sample.created(Sample.id("column", "app", "users", "full_name")),
            ]),
        Sample.step(
            "alter-column:app.orders.price", "Change type of app.orders.price",
            phase: .contract, sql: ["ALTER TABLE app.orders ALTER COLUMN price TYPE numeric(8,2)"],
            probes: [
                Probe(
                    name: "misfits", counts: "values of app.orders.price that do not fit",
                    object: price, query: Statement("SELECT 0"), meaning: .loses)
            ], undo: Undo(.none(reason: "digits that were cut off are gone"), []), data: .lossy,
            touches: [Sample.altered(price)]),
        Sample.step(
            "drop-table:app.\(hostile)", "Drop table app.\(hostile)", phase: .contract,
            sql: ["DROP TABLE app.\"\(hostile)\""],
            undo: Undo(
                .shape(loses: "all rows of app.\(hostile)"),
                [
                    Statement("CREATE TABLE app.\"\(hostile)\" ()")
                ]), data: .destroyed,
            touches: [Sample.dropped(Sample.id("table", "app", hostile))]),
    ]

    static let effects: [String: Effects] = [
        "add-column:app.users.nick": Effects(locks: [exclusive(users)]),
        "create-index:app.orders_user_idx": Effects(
            locks: [.init(relation: orders, mode: "SHARE UPDATE EXCLUSIVE", blocks: .maintenance)],
            builds: [Sample.id("index", "app", "orders_user_idx")]),
        "set-not-null:app.users.email": Effects(locks: [exclusive(users)], scans: [users]),
        "rename-column:app.users.name": Effects(
            locks: [exclusive(users)],
            breaks: [
                .init(
                    object: Sample.id("column", "app", "users", "name"),
                    consequence: "a query that names it fails")
            ]),
        "alter-column:app.orders.price": Effects(
            locks: [exclusive(orders)], rewrites: [orders],
            losses: [
                .init(object: price, relation: orders, what: "digits behind the second")
            ],
            notes: [
                .init(
                    .rewrite, needs: "as much log",
                    wayOut: "add a new column, fill it in batches, and drop the old one later")
            ]),
        "drop-table:app.\(hostile)": Effects(
            locks: [exclusive(Sample.id("table", "app", hostile))],
            losses: [
                .init(
                    object: Sample.id("table", "app", hostile),
                    relation: Sample.id("table", "app", hostile), what: "all rows")
            ]),
    ]

    static let assessment = Sample.assessment(
        plan, effects,
        Observations(
            sizes: [
                Sample.size(users, rows: 120_000, bytes: 14 << 20),
                Sample.size(orders, rows: 2_400_000, bytes: 900 << 20),
            ],
            answers: [
                .init(step: "set-not-null:app.users.email", probe: "nulls", answer: .count(3)),
                .init(
                    step: "alter-column:app.orders.price", probe: "misfits",
                    answer: .unknown(reason: "the time was up")),
            ]),
        unmodelled: (1...12).map { number in
            Unmodelled(object: Sample.id("trigger", "app", "users", "t\(number)"), what: "trigger")
        })

    private static func exclusive(_ relation: ObjectID) -> Effects.Lock {
        .init(relation: relation, mode: "ACCESS EXCLUSIVE", blocks: .reads)
    }
}
