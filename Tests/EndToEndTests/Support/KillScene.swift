// Owns the databases on which runs are killed: what is there before, the manifests, and how far a
// run came. Invariant: the count of effects tells between which steps a run ended.

import Foundation
import Glibc
import PostgreSQLClient
import TestSupport

/// A database, the manifests for it, and what its plan does.
struct KillScene {
    let place: Place
    let database: TestDatabase
    let script: Script
    private let watcher: PostgreSQLConnection

    /// What a scene begins with, and what is wanted.
    struct Script: Sendable {
        /// Makes the database.
        var setup: String
        /// The manifests.
        var manifests: String
        /// How many steps the plan has.
        var steps: Int
        /// A query that counts the effects that are there.
        var effects: String
        /// How many of them there are in the end.
        var allEffects: Int
        /// Further flags of `apply`.
        var flags = ["--auto-approve", "breaking"]
    }

    /// Runs a test on a new database of a scene.
    static func with(
        _ script: Script, _ body: @Sendable (KillScene) async throws -> Void
    ) async throws {
        try await Turnstile.shared.pass {
            let server = try await PrivatePostgreSQL.shared(major: 15)
            try await server.withDatabase { database in
                try await Place.with(environment: ["LOCKSTEP_CACHE": cache]) { place in
                    let scene = KillScene(
                        place: place, database: database, script: script,
                        watcher: try await database.connect())
                    try await scene.prepare()
                    try await body(scene)
                    await scene.watcher.close()
                }
            }
        }
    }

    /// The scenes' manifests are the same for every kill, so their catalogs are built once.
    private static let cache: String = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lockstep-kills-\(UUID().uuidString)").path
        atexit { KillScene.removeCache() }
        return folder
    }()

    private static func removeCache() { try? FileManager.default.removeItem(atPath: cache) }

    private func prepare() async throws {
        try await watcher.execute(script.setup)
        let folder = place.folder.appendingPathComponent("schema")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(script.manifests.utf8).write(to: folder.appendingPathComponent("all.yaml"))
    }

    var target: [String] {
        ["--url", database.url, "--manifests", "schema", "--scratch", "sameServer"]
    }

    /// The command that brings everything about.
    var apply: [String] {
        ["apply"] + target + script.flags + ["--lock-timeout", "120000"]
    }

    /// The number that a query gives.
    func first(_ query: String) async throws -> Int { try await watcher.query(query)[0].int(0) }

    /// The text that a query gives.
    func text(_ query: String) async throws -> String {
        try await watcher.query(query)[0].text(0)
    }

    /// Applies until nobody else holds the target: the session of a killed run lives until its
    /// statement has ended.
    func applyAgain() async throws -> Program.Outcome {
        for _ in 0..<100 {
            let outcome = try await Program.lockstep(apply, in: place)
            if outcome.status != 6 { return outcome }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await Program.lockstep(apply, in: place)
    }
}

extension KillScene.Script {
    /// Twenty tables and one step for each, none of which shares a transaction: every second table
    /// gets a column, the others an index that is built concurrently.
    static let twentySteps: KillScene.Script = {
        var script = KillScene.Script(
            setup: "", manifests: "", steps: 20,
            effects: """
                select (select count(*) from pg_catalog.pg_attribute where attname = 'more')
                  + (select count(*) from pg_catalog.pg_index i
                     join pg_catalog.pg_class c on c.oid = i.indexrelid
                     where c.relname like '%\\_n\\_idx' and i.indisvalid)
                """, allEffects: 20)
        for number in 1...script.steps {
            let table = table(ofStep: number)
            let isIndex = number.isMultiple(of: 2)
            script.setup += """
                create table public.\(table) (id int primary key, n int);
                insert into public.\(table) select i, i from generate_series(1, 50) i;

                """
            script.manifests += """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: public
                name: \(table)
                columns:
                  id: integer
                  n: { type: integer, nullable: true }
                  \(isIndex ? "" : "more: { type: text, nullable: true }")
                primaryKey: [id]
                \(isIndex ? "indexes: { \(table)_n_idx: [n] }" : "")
                ---

                """
        }
        return script
    }()

    /// A column comes to refuse NULL, and a primary key, a unique constraint and a check get their
    /// online forms, on one table: proof, index and new form stand there for a while only.
    static let onlineForms = KillScene.Script(
        setup: """
            create table public.t (id int primary key, n int, m int not null,
                constraint t_m_check check (m >= 0));
            insert into public.t select i, i, i from generate_series(1, 100000) i;
            """,
        manifests: """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: public
            name: t
            columns: { id: integer, n: integer, m: integer }
            primaryKey: [n, id]
            unique: { t_m_key: [m] }
            checks: { t_m_check: m > 0 }

            """,
        steps: 12,
        effects: """
            select (select count(*) from pg_catalog.pg_attribute
                where attrelid = 'public.t'::regclass and attname = 'n' and attnotnull)
              + (select count(*) from pg_catalog.pg_constraint
                where conrelid = 'public.t'::regclass and contype <> 'n'
                  and pg_catalog.pg_get_constraintdef(oid)
                    in ('PRIMARY KEY (n, id)', 'UNIQUE (m)', 'CHECK ((m > 0))'))
              - (select abs(3 - count(*)) from pg_catalog.pg_constraint
                where conrelid = 'public.t'::regclass and contype <> 'n')
              - (select abs(2 - count(*)) from pg_catalog.pg_index
                where indrelid = 'public.t'::regclass)
            """, allEffects: 4)

    /// Two tables of 100,000 rows, which refer to each other, and a sequence go into quarantine.
    static let quarantine = KillScene.Script(
        setup: """
            create table public.stays (id int primary key);
            create sequence public.numbers;
            create table public.t (id int primary key default nextval('public.numbers'), u int,
                note text not null);
            create table public.u (id int primary key, t int references public.t);
            insert into public.t (note) select md5(i::text) from generate_series(1, 100000) i;
            insert into public.u select i, i from generate_series(1, 100000) i;
            update public.t set u = id;
            alter table public.t add constraint t_u foreign key (u) references public.u;
            """,
        manifests: """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: public
            name: stays
            columns: { id: integer }
            primaryKey: [id]

            """,
        steps: 6,
        effects: """
            select count(*) from pg_catalog.pg_class c
            where c.relnamespace = pg_catalog.to_regnamespace('lockstep_quarantine_1')::oid
                and c.relkind in ('r', 'S')
            """, allEffects: 3,
        flags: ["--auto-approve", "destructive", "--retention", "7d"])

    /// The table of a step of `twentySteps`: `t07`.
    static func table(ofStep number: Int) -> String { number < 10 ? "t0\(number)" : "t\(number)" }

    /// Three columns become wider below a view that has to leave and come back: five steps in one
    /// transaction.
    static let sharedTransaction: KillScene.Script = {
        var script = KillScene.Script(
            setup: "", manifests: "", steps: 5,
            effects: """
                select (select count(*) from pg_catalog.pg_attribute
                    where attname = 'note' and atttypmod = 24)
                  + (select 1 - count(*) from pg_catalog.pg_class where relname = 'notes')
                """, allEffects: 3)
        for table in ["a1", "a2", "a3", "other"] {
            script.setup += "create table public.\(table) (note varchar(10));\n"
            script.manifests += """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: public
                name: \(table)
                columns:
                  note: { type: varchar(\(table == "other" ? 10 : 20)), nullable: true }
                ---

                """
        }
        let query = """
            select a1.note as n1, a2.note as n2, a3.note as n3 \
            from public.a1, public.a2, public.a3, public.other
            """
        script.setup += "create view public.notes as \(query)"
        script.manifests += """
            apiVersion: lockstep.dev/v1
            kind: View
            schema: public
            name: notes
            query: \(query)

            """
        return script
    }()
}
