extension UndeclaredTests {
    /// The same for kinds beside tables, views and functions.
    static let smuggledKinds: [(field: String, manifest: String)] = [
        ("trigger: when", trigger("when: 'true) execute function app.g() --'")),
        (
            "policy: check",
            policy("p: { using: 'true) with check (true' }")
        ),
        ("policy: second clause", policy("p: { for: insert, check: 'true) using (true' }")),
        ("domain: not null", domain("type: int not null")),
        ("domain: default", domain("type: int default 1")),
        ("domain: check", domain("type: int check (value > 0)")),
        ("domain: default brings a check", domain("type: int\ndefault: 1 check (value > 0)")),
        ("domain check: not valid", domain("type: int\nchecks: { c: 'value > 0) not valid --' }")),
        (
            "composite type: attribute",
            document("CompositeType", "attributes: { a: 'int, b text' }")
        ),
        (
            "composite type: collation",
            document("CompositeType", "attributes: { a: 'text collate \"C\"' }")
        ),
        (
            "statistics: expression",
            table(
                "columns: { a: int, b: int }\n"
                    + "statistics: { s: { expressions: ['a + 1), (b + 1'] } }"
            )
        ),
        (
            "aggregate: parameter",
            document(
                "Aggregate",
                "arguments: int\nparameters: { sfunc: 'int4pl, initcond = ''5''', stype: int }")
        ),
        (
            "range: parameter",
            document(
                "RangeType", "parameters: { subtype: 'float8, subtype_diff = float8mi' }")
        ),
    ]

    private static func table(_ more: String) -> String { document("Table", more) }

    private static func domain(_ more: String) -> String { document("Domain", more) }

    private static func policy(_ policy: String) -> String {
        table("columns: { a: int }\nrowSecurity: on\npolicies:\n  \(policy)")
    }

    private static func trigger(_ more: String) -> String {
        let functions = ["f", "g"].map { name in
            """
            apiVersion: lockstep.dev/v1
            kind: Function
            schema: app
            name: \(name)
            returns: trigger
            language: plpgsql
            body: begin return new; end
            """
        }
        let table = table(
            "columns: { a: int }\n"
                + "triggers: { t: { timing: before, events: insert, function: f, \(more) } }")
        return ([table] + functions).joined(separator: "\n---\n")
    }

    private static func document(_ kind: String, _ more: String) -> String {
        "apiVersion: lockstep.dev/v1\nkind: \(kind)\nschema: app\nname: t\n\(more)\n"
    }
}
