import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("Reading SQLite's schema")
struct InspectTests {
    @Test("the rowid, its quirk, and what looks like it")
    func rowID() async throws {
        func key(_ table: String) async throws -> ConstraintDefinition.PrimaryKey? {
            let catalog = try await read("CREATE TABLE t(\(table)").catalog
            guard case .constraint(let one)? = catalog[.constraint("t", "primary key")]?.definition,
                case .primaryKey(let key) = one.rule
            else { return nil }
            return key
        }
        let rowID = ConstraintDefinition.PrimaryKey(columns: [.init("a")])
        let quirk = ConstraintDefinition.PrimaryKey(columns: [.init("a", isDescending: true)])
        #expect(try await key("a INTEGER PRIMARY KEY)") == rowID)
        #expect(try await key("a INTEGER PRIMARY KEY ASC)") == rowID)
        #expect(try await key("a integer, PRIMARY KEY (a DESC))") == rowID)
        #expect(try await key("a INTEGER PRIMARY KEY DESC)") == quirk)
        #expect(try await key("a INT, PRIMARY KEY (a DESC))") == quirk)
        #expect(try await key("a INTEGER, PRIMARY KEY (a DESC)) WITHOUT ROWID") == quirk)
    }

    @Test("unnamed constraints keep their addresses when others come and go")
    func addresses() async throws {
        let one = try await read("CREATE TABLE t(a UNIQUE, b REFERENCES u, CHECK(a > 0))").catalog
        let other = try await read(
            "CREATE TABLE t(z CHECK(z > 9), b REFERENCES U, a, UNIQUE(z), CHECK(a > 0), UNIQUE(A))"
        )
        .catalog
        for object in one.sorted where object.id.kind == .constraint {
            #expect(other[object.id]?.definition == object.definition, "\(object.id)")
        }
    }

    @Test("a comment before ALWAYS makes GENERATED a part of the type, as SQLite has it")
    func comments() async throws {
        func type(_ column: String) async throws -> String? {
            let catalog = try await read("CREATE TABLE t(a, \(column))").catalog
            guard case .column(let b)? = catalog[.column("t", "b")]?.definition else { return nil }
            #expect(b.generated != nil)
            #expect(try await read(catalog.script).catalog == catalog)
            return b.type
        }
        #expect(try await type("b int /* */ GENERATED  ALWAYS AS (a)") == "INT")
        #expect(try await type("b int GENERATED /* */ ALWAYS AS (a)") == "INT GENERATED")
        #expect(try await type("b GENERATED -- x\n ALWAYS AS (a)") == "GENERATED")
        #expect(try await type("b AS (a)") == "")
    }

    @Test("names differ by case at one address")
    func caseOfNames() async throws {
        let one = try await read("CREATE TABLE Users(ID INTEGER PRIMARY KEY, Name)").catalog
        let other = try await read("CREATE TABLE users(ID INTEGER PRIMARY KEY, name)").catalog
        #expect(
            difference(from: one, to: other).map(\.id) == [
                .column("users", "name"), .table("users"),
            ])
    }

    @Test("foreign keys and indexes speak of names as they are declared")
    func references() async throws {
        let script = """
            CREATE TABLE Parent(Id INTEGER PRIMARY KEY);
            CREATE TABLE c(Pid REFERENCES parent, FOREIGN KEY (PID) REFERENCES PARENT(ID));
            CREATE INDEX i ON C(PID, lower(pid) COLLATE nocase DESC) WHERE PID <> 'PID'
            """
        let catalog = try await read(script).catalog
        let keys = catalog.sorted.compactMap { object -> ConstraintDefinition.ForeignKey? in
            guard case .constraint(let one) = object.definition,
                case .foreignKey(let key) = one.rule
            else { return nil }
            return key
        }
        let wanted = ConstraintDefinition.ForeignKey(
            columns: ["Pid"], table: "Parent", referencedColumns: ["Id"])
        #expect(keys == [wanted, wanted])
        let object = try #require(catalog[.index("i")])
        guard case .index(let index) = object.definition else { return }
        #expect(index.table == "c" && index.keys[0].element == .column("Pid"))
        guard case .expression(let expression) = index.keys[1].element else {
            Issue.record("no expression")
            return
        }
        #expect(expression.canonical == "lower(Pid)" && index.keys[1].collation == "NOCASE")
        #expect(index.predicate?.canonical == "Pid <> 'PID'")
        #expect(object.dependencies == [.table("c"), .column("c", "pid")])
    }

    @Test("an index has a collation of its own only if it is another than its column's")
    func collations() async throws {
        let plain = try await read(
            "CREATE TABLE t(a COLLATE nocase); CREATE INDEX i ON t(a COLLATE NOCASE)")
        let bare = try await read("CREATE TABLE t(a COLLATE NOCASE); CREATE INDEX i ON t((a))")
        #expect(plain.catalog == bare.catalog)
        let other = try await read(
            "CREATE TABLE t(a COLLATE nocase); CREATE INDEX i ON t(a COLLATE BINARY)")
        #expect(difference(from: plain.catalog, to: other.catalog).map(\.id) == [.index("i")])
    }

    @Test("a word in double quotes that names no column is a string")
    func strings() async throws {
        let string = try await read("CREATE TABLE t(a, CHECK (a <> \"Zz\"))").catalog
        #expect(string == (try await read("CREATE TABLE t(a, CHECK (a <> 'Zz'))").catalog))
        let name = try await read("CREATE TABLE t(a, CHECK (a <> \"A\"))").catalog
        #expect(name == (try await read("CREATE TABLE t(a, CHECK (a <> a))").catalog))
        let view = try await read("CREATE TABLE t(a); CREATE VIEW v AS SELECT \"A\", a FROM t")
        let bare = try await read("CREATE TABLE t(a); CREATE VIEW v AS SELECT A, a FROM t")
        #expect(view.catalog == bare.catalog)
        let mistake = try await read("CREATE TABLE t(a); CREATE VIEW v AS SELECT \"x\" FROM t")
        let literal = try await read("CREATE TABLE t(a); CREATE VIEW v AS SELECT x FROM t")
        #expect(mistake.catalog[.view("v")] != literal.catalog[.view("v")])
        #expect(mistake.catalog == (try await read(mistake.catalog.script).catalog))
    }

    static let tangle = """
        CREATE TABLE t(a, b, c); CREATE TABLE log(x, y);
        CREATE VIEW u AS SELECT a AS x FROM t;
        CREATE VIEW v AS WITH q AS (SELECT x FROM u) SELECT x, (SELECT count(*) FROM log) n FROM q;
        CREATE TRIGGER one AFTER INSERT ON t BEGIN INSERT INTO log(x) SELECT count(*) FROM v; END;
        CREATE TRIGGER two AFTER INSERT ON t WHEN new.b > 1 BEGIN DELETE FROM log WHERE y = 1; END;
        CREATE TRIGGER three INSTEAD OF UPDATE OF x ON v BEGIN SELECT old.x; END;
        CREATE VIEW broken AS SELECT * FROM nowhere;
        """

    @Test("views and triggers depend on what SQLite finds in them, each on its own")
    func dependencies() async throws {
        let catalog = try await read(Self.tangle).catalog
        #expect(
            catalog[.view("v")]?.dependencies
                == [.view("u"), .table("t"), .column("t", "a"), .table("log")])
        #expect(
            catalog[.trigger("one")]?.dependencies.isSuperset(of: [
                .view("v"), .table("log"), .table("t"),
            ]) == true)
        #expect(
            catalog[.trigger("two")]?.dependencies
                == [.table("t"), .column("t", "b"), .table("log"), .column("log", "y")])
        #expect(catalog[.trigger("three")]?.dependencies.contains(.view("v")) == true)
        #expect(catalog[.trigger("three")]?.parent == .view("v"))
        #expect(catalog[.view("broken")]?.dependencies == [])
    }

    @Test("what is written of a catalog is read as that catalog")
    func roundTrip() async throws {
        let catalog = try await read(Self.tangle).catalog
        let views = catalog.statements().filter { $0.hasPrefix("CREATE VIEW") }
        #expect(views.count == 3)
        #expect(try await read(catalog.script).catalog == catalog)
        let short = try await read(Self.tangle, detail: .definitions).catalog
        #expect(short == catalog, "dependencies are no part of a definition")
    }

    @Test("virtual tables are told, and their shadows and SQLite's own are not")
    func virtual() async throws {
        let script = """
            CREATE VIRTUAL TABLE f USING fts5(body);
            CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, a); CREATE INDEX i ON t(a);
            INSERT INTO t(a) VALUES (1); ANALYZE;
            CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO f VALUES (new.a); END;
            CREATE TABLE lockstep_journal(a); CREATE TABLE lockstep_other(a);
            """
        let inspection = try await read(script)
        #expect(inspection.unmodelled.map(\.object.description) == ["virtual table f"])
        let tables = inspection.catalog.sorted.filter { $0.id.kind == .table }.map(\.id.name)
        #expect(tables == ["lockstep_other", "t"])
        #expect(inspection.catalog[.trigger("g")] != nil)
    }

    @Test("a trigger keeps its text, and compares by its tokens")
    func triggers() async throws {
        let table = "CREATE TABLE t(a, begin); "
        let one = try await read(
            table + """
                CREATE TRIGGER g UPDATE OF A, "begin" ON t FOR EACH ROW WHEN (new.begin > 1)
                BEGIN  -- why
                  update t set a = CASE WHEN 1 THEN 2 END; SELECT RAISE(ABORT, 'No;') ; END
                """
        ).catalog
        let other = try await read(
            table + """
                create trigger g before update of a,begin on t when new."begin">1 begin
                UPDATE t SET [a]=case when 1 then 2 end;select raise(abort,'No;');end
                """
        ).catalog
        #expect(one == other)
        guard case .trigger(let trigger)? = one[.trigger("g")]?.definition else { return }
        #expect(trigger.columns == ["a", "begin"] && trigger.time == .before)
        #expect(trigger.body.written.text.hasPrefix("update t"))
        #expect(trigger.body.written.text.hasSuffix("'No;') ;"))
    }

    @Test(
        "whatever SQLite takes is read, and makes the same again",
        arguments: [
            "CREATE TABLE t(a CONSTRAINT lonely, b, CONSTRAINT other)",
            "CREATE TABLE t(a, b, PRIMARY KEY(a) UNIQUE(b) CHECK(b > 0) FOREIGN KEY(a) REFERENCES t)",
            "CREATE TABLE t(a TEXT PRIMARY KEY UNIQUE, b UNIQUE UNIQUE, UNIQUE(b, b))",
            "CREATE TABLE t(a, b, PRIMARY KEY(a, b, a)) WITHOUT ROWID",
            "CREATE TABLE t(\"\" int, [.] text)",
            "CREATE TABLE IF NOT EXISTS main.t(a -- c )\n) /* end */ ;",
            "CREATE TABLE t(a DECIMAL( -1 , +2), b 'odd  type', c \"a(b\", d [INTEGER] PRIMARY KEY)",
            "CREATE TABLE t(a DEFAULT -9223372036854775808, b DEFAULT foo, c DEFAULT \"Bar\")",
            "CREATE TABLE t(a DEFAULT (datetime('now')) NOT NULL, b DEFAULT +'x' COLLATE nocase)",
            "CREATE TABLE t(a INT NOT NULL NOT NULL ON CONFLICT IGNORE NULL, b DEFAULT 1 DEFAULT 2)",
            "CREATE TABLE t AS SELECT 1 AS a, 'x' AS \"b c\", CAST(1 AS varchar(3))",
            "CREATE TABLE t(a); ALTER TABLE t ADD COLUMN \"b\"\"c\" int DEFAULT 3 REFERENCES t(a)",
            "CREATE TABLE t(a, b AS (a)); ALTER TABLE t RENAME COLUMN a TO [x y]; "
                + "ALTER TABLE t RENAME TO 'u v'",
            "CREATE TABLE t(a REFERENCES t ON UPDATE SET NULL MATCH simple NOT DEFERRABLE)",
            "CREATE TABLE t(a REFERENCES t(a) NOT NULL DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TABLE t(a AS (1) NOT NULL, b AS (a || 'x') STORED UNIQUE, c)",
            "CREATE TABLE t(a, b, CHECK ((a) > (1)) ON CONFLICT FAIL, CHECK (a IN (b, 2)))",
            "CREATE TABLE t(a COLLATE rtrim, b); CREATE UNIQUE INDEX 'i' ON t(a, ((b)) DESC, "
                + "(a || b) COLLATE nocase, abs(b)) WHERE (a IS NOT NULL)",
            "CREATE TABLE t(a); CREATE VIEW v(x, \"y z\") AS VALUES (1, 2) -- c",
            "CREATE TABLE t(a); CREATE VIEW [v w] AS SELECT 't'.'a' FROM 't'",
            "CREATE TABLE t(a); CREATE TRIGGER 'g' INSERT ON 't' BEGIN SELECT new.a; END",
            "CREATE TABLE t(a, b GENERATED, c GENERATED ALWAYS AS (a), d ALWAYS)",
            "CREATE TABLE t(a INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, b, UNIQUE(b COLLATE nocase))",
            "CREATE TABLE t(ROWID, a CHECK (\"oid\" > 0 AND \"rowid\" <> 'x'))",
        ])
    func oddities(_ script: String) async throws {
        let catalog = try await read(script).catalog
        let again = try await read(catalog.script).catalog
        #expect(again == catalog, "\(catalog.script)")
        #expect(catalog.count > 1)
    }

    @Test(
        "names that only Unicode tells apart are an error, not one name",
        arguments: [
            "CREATE TABLE t(\u{e9}, e\u{301})",
            "CREATE TABLE \u{e9}(a); CREATE TABLE e\u{301}(b)",
        ])
    func unicode(_ script: String) async throws {
        _ = await #expect(throws: EngineError.self) { try await read(script) }
    }

    @Test("many tables are read in time")
    func size() async throws {
        let script = (0..<500).map {
            "CREATE TABLE t\($0)(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b REFERENCES t0);"
                + "CREATE INDEX i\($0) ON t\($0)(a);"
        }.joined()
        let db = try await SQLiteConnection.open(.memory)
        try await db.runScript(script)
        let time = try await ContinuousClock().measure {
            let inspection = try await SQLiteInspector.inspect(db, detail: .definitions)
            #expect(inspection.catalog.count == 500 * 7)
        }
        await db.close()
        #expect(time < .seconds(30), "\(time)")
    }
}
