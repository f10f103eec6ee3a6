// Owns the ways in which data can be lost, and the changes that look like them and lose nothing.

import Testing

/// A change, with rows that are there before it.
struct DataChange: Sendable, CustomTestStringConvertible {
    var name: String
    /// The documents before and after, without apiVersion; `app` is there in both.
    var before: [String]
    var after: [String]
    /// What is run before the change.
    var seed = ""
    /// The table whose rows are counted, by its name before and after; empty where there is none.
    var table = "app.t"
    /// The same after a change that loses nothing.
    var newTable: String?

    var testDescription: String { name }

    static func manifests(_ documents: [String]) -> String {
        (["kind: Schema\nname: app"] + documents).map { "apiVersion: lockstep.dev/v1\n\($0)\n" }
            .joined(separator: "---\n")
    }

    /// A table `app.t` with a column `id` and others.
    static func table(_ columns: String, _ more: String = "", name: String = "t") -> String {
        """
        kind: Table
        schema: app
        name: \(name)
        columns: { id: integer\(columns.isEmpty ? "" : ", ")\(columns) }
        \(more)
        """
    }

    /// A column's type changes.
    static func retype(_ from: String, _ to: String, _ value: String) -> DataChange {
        DataChange(
            name: "\(from) → \(to)", before: [table("v: \"\(from)\"")],
            after: [table("v: \"\(to)\"")], seed: "insert into app.t values (1, \(value))")
    }

    fileprivate static func tables(
        _ name: String, _ before: String, _ after: String, seed: String? = nil
    ) -> DataChange {
        DataChange(
            name: name, before: [before], after: [after],
            seed: seed ?? "insert into app.t (id) values (1), (2)")
    }

    fileprivate static let other = table("", name: "other")
    private static let labels = "kind: Enum\nschema: app\nname: e\nlabels: [a, b, c]"
    private static let fewerLabels = "kind: Enum\nschema: app\nname: e\nlabels: [a, c]"
    private static let sequence = "kind: Sequence\nschema: app\nname: s"

    private static func function(_ body: String) -> String {
        """
        kind: Function
        schema: app
        name: f
        arguments: { a: integer }
        returns: integer
        language: sql
        volatility: immutable
        body: select \(body)
        """
    }
    private static let indexed =
        "indexes: { t_f: [(app.f(id))] }\nchecks: { t_check: app.f(id) > 0 }"

    /// What loses data.
    static let lossy: [DataChange] =
        [
            DataChange(
                name: "drop table", before: [table(""), other], after: [other],
                seed: "insert into app.t values (1)"),
            DataChange(
                name: "rename table without renamedFrom", before: [table("")],
                after: [table("", name: "u")], seed: "insert into app.t values (1)"),
            DataChange(
                name: "drop schema with its table",
                before: [
                    other, "kind: Schema\nname: old",
                    "kind: Table\nschema: old\nname: t\ncolumns: { id: integer }",
                ], after: [other], seed: "insert into old.t values (1)", table: "old.t"),
            tables("drop column", table("v: { type: text, nullable: true }"), table("")),
            tables(
                "drop column with default",
                table("v: { type: text, default: \"'x'\" }"), table("")),
            tables(
                "drop a generated column's source",
                table(
                    "v: { type: integer, default: 1 }, g: { type: integer, nullable: true, generated: v + 1 }"
                ),
                table("")),
            tables(
                "plain column to generated", table("v: { type: integer, nullable: true }"),
                table("v: { type: integer, nullable: true, generated: id + 1 }")),
            tables("set unlogged", table(""), table("", "unlogged: true")),
            tables(
                "drop identity", table("v: { type: integer, identity: always }"),
                table("v: integer")),
            tables("serial to plain", table("v: serial"), table("v: integer")),
            DataChange(
                name: "drop free sequence", before: [other, sequence], after: [other], table: ""),
            DataChange(
                name: "drop owned sequence",
                before: [
                    table(""), sequence + "\nownedBy: { table: t, column: id }",
                ], after: [table("")], seed: "insert into app.t values (1)"),
            DataChange(
                name: "remove a label", before: [labels, table("v: e")],
                after: [fewerLabels, table("v: e")], seed: "insert into app.t values (1, 'a')"),
            DataChange(
                name: "remove a label of an array column", before: [labels, table("v: \"e[]\"")],
                after: [fewerLabels, table("v: \"e[]\"")],
                seed: "insert into app.t values (1, '{a,c}')"),
            DataChange(
                name: "remove a label that no column uses", before: [labels, other],
                after: [fewerLabels, other], table: ""),
            DataChange(
                name: "drop extension",
                before: [other, "kind: Extension\nname: hstore\nschema: app"], after: [other],
                table: ""),
        ]
        + [
            retype("bigint", "integer", "5"), retype("integer", "smallint", "5"),
            retype("bigint", "smallint", "5"), retype("numeric(12,4)", "numeric(12,2)", "1.2345"),
            retype("numeric(12,2)", "numeric(8,2)", "1.5"), retype("numeric", "integer", "1.5"),
            retype("text", "varchar(5)", "'abc'"), retype("varchar(20)", "varchar(5)", "'abc'"),
            retype("varchar(20)", "char(20)", "'abc '"), retype("text", "integer", "'12'"),
            retype("text", "uuid", "'00000000-0000-0000-0000-000000000001'"),
            retype("timestamp", "date", "'2020-01-02 03:04:05'"),
            retype("timestamptz", "date", "'2020-01-02 03:04:05+00'"),
            retype("timestamptz", "time", "'2020-01-02 03:04:05+00'"),
            retype("timestamptz", "timestamptz(0)", "'2020-01-02 03:04:05.678+00'"),
            retype("json", "jsonb", "'{\"a\": 1, \"a\": 2}'"),
            retype("double precision", "real", "0.1"),
            retype("double precision", "integer", "1.5"),
            retype("varbit(9)", "varbit(4)", "B'101'"),
            retype("text[]", "varchar(3)[]", "'{abc}'"),
            retype("integer", "oid", "5"), retype("oid", "integer", "5"),
            retype("timestamp", "timestamptz", "'2020-01-02 03:04:05'"),
            retype("timestamptz", "timestamp", "'2020-01-02 03:04:05+00'"),
            retype("date", "timestamptz", "'2020-01-02'"),
            retype("time", "timetz", "'03:04:05'"),
            retype("integer", "numeric(9,0)", "5"),
            DataChange(
                name: "new body under an index, a check and a stored column",
                before: [function("a + 1"), table("", indexed)],
                after: [function("a + 2"), table("", indexed)],
                seed: "insert into app.t values (1)"),
        ]

    private static func without(_ name: String, _ more: String, _ columns: String = "")
        -> DataChange
    {
        tables("drop \(name)", table(columns, more), table(columns))
    }

    /// What loses nothing.
    static let harmless: [DataChange] =
        [
            without("index", "indexes: { t_idx: [id] }"),
            without("unique index", "indexes: { t_idx: { columns: [id], unique: true } }"),
            without("check", "checks: { t_check: id > 0 }"),
            without("unique constraint", "unique: { t_key: [id] }"),
            without("primary key", "primaryKey: [id]"),
            without("comment", "comment: A table."),
            without("storage parameters", "options: { fillfactor: 70 }"),
            tables("drop default", table("v: { type: text, default: \"'x'\" }"), table("v: text")),
            tables(
                "drop generated column",
                table("v: { type: integer, nullable: true, generated: id + 1 }"), table("")),
            tables(
                "generated column to plain",
                table("v: { type: integer, nullable: true, generated: id + 1 }"),
                table("v: { type: integer, nullable: true }")),
            tables(
                "generated column to plain beside a retype",
                table(
                    "v: { type: varchar(5), default: \"'x'\" }, g: { type: text, nullable: true, generated: upper(v) }"
                ),
                table("v: { type: text, default: \"'x'\" }, g: { type: text, nullable: true }")),
            tables(
                "allow NULL", table("v: { type: text, default: \"'x'\" }"),
                table("v: { type: text, default: \"'x'\", nullable: true }")),
            tables(
                "refuse NULL", table("v: { type: text, default: \"'x'\", nullable: true }"),
                table("v: { type: text, default: \"'x'\" }")),
            tables("add column", table(""), table("v: { type: text, nullable: true }")),
            tables(
                "rename column", table("v: { type: text, default: \"'x'\" }"),
                table("w: { type: text, default: \"'x'\", renamedFrom: v }")),
            tables("set logged", table("", "unlogged: true"), table("")),
            tables(
                "serial to identity", table("v: serial"),
                table("v: { type: integer, identity: byDefault }")),
            tables(
                "identity to serial", table("v: { type: integer, identity: always }"),
                table("v: serial")),
            tables(
                "identity always to by default", table("v: { type: integer, identity: always }"),
                table("v: { type: integer, identity: byDefault }")),
            tables(
                "collation", table("v: { type: text, default: \"'x'\" }"),
                table("v: { type: text, default: \"'x'\", collation: C }")),
            DataChange(
                name: "add table", before: [table("")], after: [table(""), other],
                seed: "insert into app.t values (1)"),
            DataChange(
                name: "rename table", before: [table("")],
                after: [table("", "renamedFrom: t", name: "u")],
                seed: "insert into app.t values (1)", newTable: "app.u"),
            DataChange(
                name: "move table", before: [table("")],
                after: [
                    "kind: Schema\nname: b",
                    "kind: Table\nschema: b\nname: t\nrenamedFrom: app.t\ncolumns: { id: integer }",
                ], seed: "insert into app.t values (1)", newTable: "b.t"),
            DataChange(
                name: "drop view",
                before: [
                    table(""), "kind: View\nschema: app\nname: v\nquery: select id from app.t",
                ],
                after: [table("")], seed: "insert into app.t values (1)"),
            DataChange(
                name: "drop function",
                before: [
                    table(""),
                    "kind: Function\nschema: app\nname: f\nreturns: integer\nsqlBody: return 1",
                ], after: [table("")], seed: "insert into app.t values (1)"),
            DataChange(
                name: "drop foreign key",
                before: [
                    table("", "primaryKey: [id]", name: "other"),
                    table("", "foreignKeys: { f: { columns: [id], references: other } }"),
                ], after: [table("", "primaryKey: [id]", name: "other"), table("")],
                seed: "insert into app.other values (1); insert into app.t values (1)"),
            DataChange(
                name: "add a label", before: [fewerLabels, table("v: e")],
                after: [labels, table("v: e")], seed: "insert into app.t values (1, 'a')"),
            DataChange(
                name: "rename a label", before: [labels, table("v: e")],
                after: [
                    "kind: Enum\nschema: app\nname: e\nlabels: [a, { name: d, renamedFrom: b }, c]",
                    table("v: e"),
                ], seed: "insert into app.t values (1, 'b')"),
            DataChange(
                name: "change a sequence", before: [table(""), sequence],
                after: [table(""), sequence + "\ncache: 5"], seed: "insert into app.t values (1)"),
            DataChange(
                name: "free a sequence",
                before: [table(""), sequence + "\nownedBy: { table: t, column: id }"],
                after: [table(""), sequence], seed: "insert into app.t values (1)"),
            DataChange(
                name: "add extension", before: [table("")],
                after: [table(""), "kind: Extension\nname: hstore\nschema: app"],
                seed: "insert into app.t values (1)"),
        ]
        + [
            retype("smallint", "integer", "5"), retype("integer", "bigint", "5"),
            retype("bigint", "numeric", "5"), retype("numeric(8,2)", "numeric(12,2)", "1.5"),
            retype("numeric(8,2)", "numeric", "1.5"), retype("varchar(5)", "varchar(20)", "'abc'"),
            retype("varchar(20)", "text", "'abc'"), retype("text", "varchar", "'abc'"),
            retype("real", "double precision", "0.1"), retype("integer", "text", "5"),
            retype("uuid", "text", "'00000000-0000-0000-0000-000000000001'"),
            retype("jsonb", "text", "'{\"a\": 1}'"), retype("date", "timestamp", "'2020-01-02'"),
            retype("timestamptz(0)", "timestamptz", "'2020-01-02 03:04:05+00'"),
            retype("varbit(4)", "varbit(9)", "B'101'"),
            retype("integer[]", "bigint[]", "'{5}'"),
            retype("varchar(10)[]", "text[]", "'{abc}'"),
            retype("numeric(10,2)", "numeric(12,4)", "1.5"), retype("oid", "bigint", "5"),
            retype("name", "text", "'a'"), retype("regclass", "text", "'pg_catalog.pg_class'"),
            retype("boolean", "integer", "true"), retype("tsvector", "text", "'a b'"),
            retype("int4range", "text", "'[1,2)'"), retype("char(5)", "char(10)", "'ab'"),
            retype("macaddr", "macaddr8", "'08:00:2b:01:02:03'"),
            retype("time", "interval", "'03:04:05'"),
            DataChange(
                name: "enum → text", before: [labels, table("v: e")],
                after: [labels, table("v: text")],
                seed: "insert into app.t values (1, 'a')"),
            DataChange(
                name: "new body that only a view calls",
                before: [
                    function("a + 1"), table(""),
                    "kind: View\nschema: app\nname: v\nquery: select app.f(id) from app.t",
                ],
                after: [
                    function("a + 2"), table(""),
                    "kind: View\nschema: app\nname: v\nquery: select app.f(id) from app.t",
                ], seed: "insert into app.t values (1)"),
        ]
}
