import Foundation
import Planning
import TestSupport
import Testing

/// Documents that are written from the code, by `UPDATE_GOLDEN=1`.
@Suite("Generated documents are current")
struct GeneratedDocumentTests {
    static let rules = RiskRules.all.map { type(of: $0).name }

    @Test("docs/rules holds what `lockstep explain` says", arguments: rules)
    func rule(_ name: String) throws {
        let page = try RiskManual.text(name).get()
        expectGolden(Self.markdown(page), at: "\(Repository.root)/docs/rules/\(name).md")
    }

    @Test("docs/rules holds a page for every rule and no other")
    func pages() {
        let pages = Repository.files(below: "docs/rules")
        #expect(pages == Self.rules.sorted().map { "docs/rules/\($0).md" })
    }

    @Test("docs/manifests.md says what the schemas of schemas/ say")
    func manifests() throws {
        let kinds = try ManifestReference(schema: "schemas/postgresql.schema.json")
        let sqlite = try ManifestReference(
            schema: "schemas/sqlite.schema.json", suffix: " of SQLite")
        let project = try ManifestReference(schema: "schemas/project.schema.json")
        let page = """
            <!-- Written by UPDATE_GOLDEN=1 swift test --filter ArchitectureTests. -->

            # Manifests

            One object a document, any number of documents a file, in any folders. Each document
            begins with `apiVersion: lockstep.dev/v1` and its `kind`; the fields stand beside them.
            What is not required may also be `null`, which means that it is left out; in an overlay
            `null` removes what the base has. An unknown field is an error. Types, expressions and
            bodies are the engine's own SQL. Editors check all this by
            [schemas](../schemas) when the file's first line says where the schema is:

            ```yaml
            # yaml-language-server: $schema=../schemas/postgresql.schema.json
            ```

            First the kinds of PostgreSQL and the project, then the
            [kinds of SQLite](#kinds-of-sqlite). The examples are one project for each engine:
            [examples/kinds](../examples/kinds) and
            [examples/kinds-sqlite](../examples/kinds-sqlite).

            \(Self.asideIntroduction)

            \(kinds.sections { Repository.text("examples/kinds/schema/\($0).yaml") })
            \(project.sections { _ in Repository.text("examples/kinds/lockstep.yaml") })
            # Parts

            What the fields of several kinds are made of.

            \(kinds.parts())
            \(Self.sqliteIntroduction)

            \(sqlite.sections { Repository.text("examples/kinds-sqlite/schema/\($0).yaml") })
            # Parts of SQLite

            \(sqlite.parts())
            """
        expectGolden(page, at: "\(Repository.root)/docs/manifests.md")
    }

    static let asideIntroduction = """
        **Rows.** `kind: Data` manages the rows that it lists, and of each the columns that it
        names. Other rows and columns stay as they are and are not told of. A row that is no
        longer listed is deleted, and one whose values somebody else changed is set right, once
        that is acknowledged. What `key` names has to be a key of the table; another `key` for the
        same rows is refused. Values are compared as the server reads them: each goes through the
        type of its column, so that `'01:30'` and `90 minutes` are one interval, 1 and 1.0 one
        number, and the spaces of JSON nothing. A number that is written in an unusual way (`007`,
        `1.50`) stands in quotes. Rows come behind those that foreign keys lead to and go before
        them; those of tables that refer to each other in a circle come together, which takes a
        key that is `deferrable`. Rows follow their table when it or its columns are renamed or
        get other types. Triggers and rules fire, and foreign keys do what they say
        (`onDelete: cascade`), as for any row: the step names them, and what others lose has to be
        acknowledged. A sequence that numbers a column, as an identity or by its default, is led
        past the values that rows are given in the same step, and never back. Rows that swap
        unique values take turns: one holds NULL, or a number, a text or a `uuid` that no row has,
        for a moment, which triggers on updates see; a `deferrable` constraint waits instead. Where
        nothing can stand there for a moment (a check or a foreign key on the column, another type)
        that is refused. Row security that hides rows from the role is an error, and never fewer
        rows.

        **Base types.** A type and the functions that read and write its values need each other:
        they are made in one step, the type as a shell first, and go in one. `like` has no place
        among the parameters, since what it copies is said by others. While columns hold values,
        only the functions for the binary form, modifiers, statistics and subscripts change, and
        all else is refused; so is another signature of a function. The server drops such a circle
        only by `CASCADE`, which would take whatever else hangs on it. So the type and its
        functions are given to a role that is made for it, owns nothing else and is gone with the
        transaction; `DROP OWNED` refuses what anything else needs. A superuser has to do it.

        **Statements.** `kind: Statement` is for what has no kind. Each text of `create` and `drop`
        is one statement, in which names have their schemas, and runs in a transaction. Where it
        is built and where it is live, the query `identity` is asked the same thing, and equal
        answers are no difference. Where they differ, `drop` and then `create` is run, which
        destroys what it holds and has to be acknowledged; without `drop` that is refused. The
        query runs in a transaction that only reads, whenever a plan is made. What it answers with
        the name of (as `regclass`, `regtype` or `regprocedure` print it) is not told as something
        that is not modelled. A statement that makes what has a kind is refused, and so is one
        that cannot be run in a scratch database. Nothing that has a kind can need what a
        statement makes.

        **Roles.** They belong to the whole server and so to others, too: a project has to ask for
        them by `roles: keep` in `lockstep.yaml` (`--roles keep` in an ad hoc run, `--roles` of
        `import`). Else none is read, a manifest of one is an error, and roles that manifests name
        have to be there. Then those that are declared are managed with all that they say, and no
        others. One that is no longer declared is let go and stays; with `drop` in place of `keep`
        it is dropped, which has to be acknowledged and which the server refuses while anything in
        any database is its. Passwords are never read, changed or written: who is made with `login`
        has none until it is given one by hand. No role is made in a scratch cluster for its
        manifest. Where scratch databases are made on the target's own server, a policy can name a
        new role only once that is there. Memberships are those of the role that is declared; who
        gave one is no difference.
        """

    static let sqliteIntroduction = """
        # Kinds of SQLite

        SQLite has no schemas, so no manifest has the field `schema`; names that differ only in
        the case of ASCII letters are one name. Names that begin with `sqlite_` or `lockstep_` are
        taken.

        **Constraints without a name.** To SQLite a constraint need not have a name, two may have
        the same one, and it gives none of its own. So `unique`, `checks` and `foreignKeys` are
        either a mapping by name, or a list. In a list a constraint has the name that its field
        `name` gives, or none. A table that has both sorts takes the list:

        ```yaml
        checks:
          - length(isbn) in (10, 13)
          - { name: books_state_check, expression: "state in ('fresh', 'used')" }
        ```

        What has no name is known by what it is: in plans the first of these is
        `constraint books."check (length(isbn) in (10, 13))"`. So changing it is dropping one and
        adding another.

        **The rowid.** A primary key of one column of type `integer` is the table's rowid, unless
        the table is `withoutRowID` or the key's order is `desc`. It is never NULL and takes no
        `nullable` or `notNull`. Other keys are, for SQLite, no promise of NOT NULL but in tables
        that are `strict` or `withoutRowID`; as with any column, `nullable: true` says so.

        **References.** SQLite lets a foreign key refer to what is not there, and minds only when
        rows change while foreign keys are on. A manifest that does is an error, unless it says
        `unchecked: true`; `import` says so where a database has such a key.

        **Rows.** `kind: Data` manages the rows that it lists, and of each the columns that it
        names. Other rows and columns stay as they are and are not told of. A row that is no
        longer listed is deleted, and one whose values somebody else changed is set right, once
        that is acknowledged. A row to which others refer is not deleted, whatever the foreign key
        says of deletion. Rows follow their table when it or its columns are renamed; another
        `key` for the same rows is refused. Values take the types of their columns; a number that
        is written in an unusual way (`007`, `1.50`) has to say by quotes whether it is a text. The
        triggers of the table fire, as for any row: the step names them, and has to be acknowledged
        where one changes or deletes rows that are there.

        **Statements.** `kind: Statement` is for what has no kind. Where it is built and where it
        is live, the query `identity` is asked the same thing, and equal answers are no
        difference. Where they differ, `drop` and then `create` is run, which destroys what it
        holds and has to be acknowledged; without `drop` that is refused. Both texts may touch
        only what statements make: one that writes to, alters or drops anything else is refused.
        Several statements come in the order of the manifests.
        """

    /// A manual page as Markdown: the first line and those at the margin are headings; sentences
    /// that stand in lines of their own become lists.
    private static func markdown(_ page: String) -> String {
        var out = [
            "<!-- Written by UPDATE_GOLDEN=1 swift test --filter ArchitectureTests. -->", "",
        ]
        var isList = false
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = String(line.drop { $0 == " " })
            if index == 0 {
                out.append("# \(text)")
            } else if line.isEmpty {
                out.append("")
            } else if !line.hasPrefix(" ") {
                out.append("## \(text)")
                isList = ["Severity and risk", "Example"].contains(text)
            } else if isList {
                let isItem = out.last.map { $0.isEmpty || $0.hasSuffix(".") } ?? true
                out.append((isItem ? "- " : "  ") + text)
            } else {
                out.append(text)
            }
        }
        return out.joined(separator: "\n")
    }
}
