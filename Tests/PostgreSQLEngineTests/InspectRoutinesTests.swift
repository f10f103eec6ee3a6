import Planning
import PostgreSQLClient
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

/// Reads views, functions and comments and expects exact objects and dependencies.
@Suite struct InspectRoutinesTests {
    @Test(arguments: PrivatePostgreSQL.testMajors)
    func views(major: Int) async throws {
        let found = try await InspectCatalogTests.read(
            """
            CREATE SCHEMA app;
            CREATE TABLE app.t (a int, b varchar(5));
            CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
            CREATE VIEW app.v WITH (security_barrier, check_option = local) AS
                SELECT app.f(a) AS f, b FROM app.t WHERE b <> ';';
            CREATE VIEW app.w AS SELECT v.f, t FROM app.v, app.t t;
            """, major: major)
        #expect(found.unmodelled == [])
        #expect(
            found.catalog[.view("app", "v")]?.definition
                == .view(
                    ViewDefinition(
                        query: VerbatimSQL(
                            """
                             SELECT app.f(\(major >= 16 ? "" : "t.")a) AS f,
                                \(major >= 16 ? "" : "t.")b
                               FROM app.t
                              WHERE ((\(major >= 16 ? "" : "t.")b)::text <> ';'::text)
                            """),
                        columns: [
                            .init(name: "f", type: "integer"),
                            .init(name: "b", type: "character varying(5)"),
                        ], options: ["security_barrier": "true", "check_option": "local"])))
        #expect(
            found.catalog[.view("app", "v")]?.dependencies == [
                .schema("app"), .column("app", "t", "a"), .column("app", "t", "b"),
                .function("app", "f", ["integer"]),
            ])
        #expect(
            found.catalog[.view("app", "w")]?.dependencies.isSuperset(of: [
                .schema("app"), .view("app", "v"), .table("app", "t"),
            ]) == true)
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func functions(major: Int) async throws {
        let found = try await InspectCatalogTests.read(
            """
            CREATE SCHEMA app; CREATE TYPE app.e AS ENUM ('x'); CREATE TABLE app.t (a int);
            CREATE FUNCTION app.plain() RETURNS void LANGUAGE plpgsql AS $$begin null; end$$;
            CREATE FUNCTION app.every(a int, INOUT b varchar, VARIADIC c app.e[] DEFAULT '{x}',
                OUT d char) RETURNS record LANGUAGE sql STABLE STRICT LEAKPROOF SECURITY DEFINER
                PARALLEL SAFE COST 5 SET search_path = app, pg_temp SET app.x = 'a b'
                AS $$select $2, 'x'::char$$;
            CREATE FUNCTION app.tab(a int = 1 + 1) RETURNS TABLE (x int, y text) LANGUAGE sql
                IMMUTABLE PARALLEL RESTRICTED ROWS 7 AS 'select 1, null';
            CREATE FUNCTION app.rows() RETURNS SETOF app.t LANGUAGE sql
                BEGIN ATOMIC SELECT a FROM app.t; END;
            CREATE FUNCTION app.native(int, int) RETURNS int LANGUAGE internal AS 'int4pl';
            """, major: major)
        #expect(found.unmodelled.isEmpty)
        func function(_ id: ObjectID, _ definition: FunctionDefinition) {
            #expect(found.catalog[id]?.definition == .function(definition), "\(id)")
        }
        function(
            .function("app", "plain", []),
            FunctionDefinition(
                arguments: [], returns: VerbatimSQL("void"), language: "plpgsql",
                body: .source("begin null; end")))
        function(
            .function("app", "every", ["integer", "character varying", "app.e[]"]),
            FunctionDefinition(
                arguments: [
                    .init(name: "a", type: VerbatimSQL("integer")),
                    .init(name: "b", mode: .inout, type: VerbatimSQL("character varying")),
                    .init(
                        name: "c", mode: .variadic, type: VerbatimSQL("app.e[]"),
                        default: VerbatimSQL("'{x}'::app.e[]")),
                    .init(name: "d", mode: .out, type: VerbatimSQL("character")),
                ], returns: VerbatimSQL("record"), language: "sql",
                body: .source("select $2, 'x'::char"), volatility: .stable, isStrict: true,
                isLeakproof: true, isSecurityDefiner: true,
                parallel: .safe, cost: "5",
                settings: ["search_path": "app, pg_temp", "app.x": "a b"]))
        function(
            .function("app", "tab", ["integer"]),
            FunctionDefinition(
                arguments: [
                    .init(
                        name: "a", type: VerbatimSQL("integer"), default: VerbatimSQL("(1 + 1)")),
                    .init(name: "x", mode: .table, type: VerbatimSQL("integer")),
                    .init(name: "y", mode: .table, type: VerbatimSQL("text")),
                ], returns: VerbatimSQL("TABLE(x integer, y text)"), language: "sql",
                body: .source("select 1, null"), volatility: .immutable, parallel: .restricted,
                rows: "7"))
        let rows = ObjectID.function("app", "rows", [])
        function(
            rows,
            FunctionDefinition(
                arguments: [], returns: VerbatimSQL("SETOF app.t"), language: "sql",
                body: .sql(VerbatimSQL("BEGIN ATOMIC\n SELECT t.a\n    FROM app.t;\nEND"))))
        #expect(
            found.catalog[rows]?.dependencies == [
                .schema("app"), .table("app", "t"), .column("app", "t", "a"),
            ])
        // Nobody but a superuser may make it.
        function(
            .function("app", "native", ["integer", "integer"]),
            FunctionDefinition(
                arguments: [
                    .init(name: nil, type: VerbatimSQL("integer")),
                    .init(name: nil, type: VerbatimSQL("integer")),
                ], returns: VerbatimSQL("integer"), language: "internal", body: .source("int4pl")))
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func comments(major: Int) async throws {
        let found = try await InspectCatalogTests.read(
            """
            CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app;
            CREATE EXTENSION hstore SCHEMA app;
            CREATE TYPE app.e AS ENUM ('x');
            CREATE TABLE app.t (a int CONSTRAINT c CHECK (a > 0)); CREATE INDEX i ON app.t (a);
            CREATE VIEW app.v AS SELECT a FROM app.t; CREATE SEQUENCE app.s;
            CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS 'select 1';
            COMMENT ON SCHEMA app IS 'schema'; COMMENT ON EXTENSION hstore IS 'extension';
            COMMENT ON TYPE app.e IS 'enum'; COMMENT ON TABLE app.t IS 'table';
            COMMENT ON COLUMN app.t.a IS 'column'; COMMENT ON INDEX app.i IS 'it''s "i"';
            COMMENT ON CONSTRAINT c ON app.t IS 'constraint'; COMMENT ON VIEW app.v IS 'view';
            COMMENT ON COLUMN app.v.a IS 'view column'; COMMENT ON SEQUENCE app.s IS 'sequence';
            COMMENT ON FUNCTION app.f(int) IS 'function';
            """, major: major)
        #expect(found.unmodelled == [])
        let texts: [ObjectID: String] = [
            .schema("app"): "schema", .extension("hstore"): "extension",
            .enum("app", "e"): "enum", .table("app", "t"): "table",
            .column("app", "t", "a"): "column", .index("app", "i"): "it's \"i\"",
            .constraint("app", "t", "c"): "constraint", .view("app", "v"): "view",
            .column("app", "v", "a"): "view column", .sequence("app", "s"): "sequence",
            .function("app", "f", ["integer"]): "function",
        ]
        let ids = found.catalog.ids.filter { $0.kind == .comment }
        #expect(Set(ids) == Set(texts.keys.map(\.comment)))
        for (subject, text) in texts {
            let object = found.catalog[subject.comment]
            #expect(object?.definition == .comment(CommentDefinition(text: text)))
            let isViewColumn = subject == .column("app", "v", "a")
            #expect(
                object?.dependencies.contains(isViewColumn ? .view("app", "v") : subject) == true)
        }
        #expect(
            found.catalog[.extension("citext")]?.definition
                == .extension(
                    ExtensionDefinition(schema: "app", version: major >= 18 ? "1.8" : "1.6")))
    }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func dependencies(major: Int) async throws {
        let found = try await InspectCatalogTests.read(
            """
            CREATE SCHEMA app; CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
            CREATE TYPE app.e AS ENUM ('x'); CREATE SEQUENCE app.shared;
            CREATE FUNCTION app.f() RETURNS app.e LANGUAGE sql AS $$select 'x'::app.e$$;
            CREATE TABLE app.other (x int UNIQUE);
            CREATE UNIQUE INDEX by_y ON app.other (x);
            CREATE TABLE app.t (e app.e DEFAULT app.f(), es app.e[], c ext.citext,
                cs ext.citext[], o app.other, id serial, n int DEFAULT nextval('app.shared'),
                g int GENERATED ALWAYS AS (n + 1) STORED, CHECK (e = app.f()));
            """, major: major, scope: Scope(schemas: ["app"]))
        let own: Set<ObjectID> = [.schema("app"), .table("app", "t")]
        func expect(_ id: ObjectID, _ dependencies: Set<ObjectID>) {
            #expect(found.catalog[id]?.dependencies == dependencies, "\(id)")
        }
        let column = { (name: String) in ObjectID.column("app", "t", name) }
        let enumeration = ObjectID.enum("app", "e")
        let function = ObjectID.function("app", "f", [])
        expect(column("e"), own.union([enumeration]))
        expect(column("es"), own.union([enumeration]))
        expect(column("c"), own.union([.extension("citext")]))
        expect(column("cs"), own.union([.extension("citext")]))
        expect(column("o"), own.union([.table("app", "other")]))
        expect(column("g"), own.union([column("n")]))
        // Whether the type of the function's result counts as well differs by version.
        let byFunction = found.catalog[.columnDefault("app", "t", "e")]?.dependencies
        #expect(byFunction?.subtracting([enumeration]) == own.union([column("e"), function]))
        expect(
            .columnDefault("app", "t", "n"), own.union([column("n"), .sequence("app", "shared")]))
        expect(
            .columnDefault("app", "t", "id"),
            own.union([column("id"), .sequence("app", "t_id_seq")]))
        expect(.sequence("app", "t_id_seq"), [.schema("app")])
        #expect(found.catalog[.sequence("app", "t_id_seq")]?.parent == column("id"))
        expect(.constraint("app", "t", "t_e_check"), own.union([column("e"), function]))
        expect(function, [.schema("app"), enumeration])
        #expect(found.catalog[.extension("citext")] == nil)
    }
}
