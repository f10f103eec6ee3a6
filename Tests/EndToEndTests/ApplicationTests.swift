import Foundation
import TestSupport
import Testing

/// Schemas that others ship: imported, applied to an empty file, and compared by Python's sqlite3,
/// which knows nothing of Lockstep's readers.
@Suite("Schemas of applications on SQLite")
struct ApplicationTests {
    static let folder = corpusFolder("sqlite")
    static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }.sorted()

    @Test("the schemas are there") func areThere() { #expect(Self.names.count >= 5) }

    @Test("what is imported makes the same schema", arguments: names)
    func roundTrip(name: String) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                for (file, text) in [("make.py", Self.make), ("compare.py", Self.compare)] {
                    try Data(text.utf8).write(to: place.folder.appendingPathComponent(file))
                }
                try await python("make.py", "\(Self.folder)/\(name).sql", in: place)
                let imported = try await lockstep(
                    ["import", "--url", "there.db", "--out", "schema"], in: place)
                try Data(imported.errors.utf8)
                    .write(to: place.folder.appendingPathComponent("told"))
                expectGolden(imported.errors, at: "\(Self.folder)/\(name).told")
                let applied = try await lockstep(
                    ["apply", "--url", "sqlite:new.db?mode=rwc", "--manifests", "schema"],
                    in: place)
                #expect(applied.status == 0, "\(applied.all)")
                for file in ["new.db", "there.db"] {
                    let plan = try await lockstep(
                        ["plan", "--url", file, "--manifests", "schema", "--exit-code"],
                        in: place)
                    #expect(plan.status == 0, "\(plan.all)")
                    #expect(plan.output.contains("Nothing to do"), "\(plan.all)")
                }
                try await python("compare.py", in: place)
            }
        }
    }

    private func lockstep(
        _ arguments: [String], in place: Place
    ) async throws -> Program.Outcome {
        try await Program.lockstep(arguments + ["--engine", "sqlite"], in: place)
    }

    private func python(_ arguments: String..., in place: Place) async throws {
        let outcome = try await Program.run("/usr/bin/env", ["python3"] + arguments, in: place)
        #expect(outcome.status == 0, "\(outcome.all)")
    }

    private static let make = """
        import sqlite3, sys
        c = sqlite3.connect('there.db', isolation_level=None)
        c.executescript(open(sys.argv[1]).read())
        """

    // What is left out is told by import, and held by its golden; of the rest, everything that
    // pragmas tell is compared, and the words of the texts.
    private static let compare = #"""
        import re, sqlite3
        STRUCTURE = set('''create table index view trigger unique primary key constraint foreign
            references not null default on if exists asc'''.split())
        def words(sql):
            sql = re.sub(r'/\*.*?\*/|--[^\n]*', ' ', sql, flags=re.S)
            # Texts in double quotes are written with single ones, and names in their own: what
            # remains is the words.
            found = re.findall(r"\w+|[^\s\w]", re.sub(r"""['"`\[\]]""", ' ', sql.lower()))
            # Collations of keys, pragmas tell, also where they are the column's own.
            if 'index' in found[:3]: found = re.sub(r' collate \w+', '', ' '.join(found)).split()
            return [w for w in found if w not in STRUCTURE and w not in '();,']
        def index(c, name, unique, origin, partial):
            return (name if origin == 'c' else '', unique, origin, partial,
                [row[1:] for row in c.execute('select * from pragma_index_xinfo(?)', [name])])
        def table(c, name):
            keys = {}
            for row in c.execute('select * from pragma_foreign_key_list(?)', [name]):
                # No column means the other table's primary key.
                to = row[4] or c.execute('select name from pragma_table_info(?) where pk = ?',
                    [row[2], row[1] + 1]).fetchone()[0]
                keys.setdefault(row[0], []).append(row[2:4] + (to,) + row[5:])
            columns = c.execute('select * from pragma_table_xinfo(?)', [name]).fetchall()
            # NOT NULL says nothing of a column that is the rowid.
            key = [row[0] for row in columns if row[5]]
            numbers = c.execute('select wr from pragma_table_list(?)', [name]).fetchone()[0] == 0
            def column(row):
                number, name, type, mandatory, default, place, hidden = row
                if numbers and key == [number] and type.lower() == 'integer': mandatory = 0
                return (number, name, type.lower(), mandatory, words(default or ''), place, hidden)
            return (
                [column(row) for row in columns],
                sorted((index(c, *row[1:])
                    for row in c.execute('select * from pragma_index_list(?)', [name])), key=repr),
                sorted(keys.values(), key=repr))
        def read(file):
            c = sqlite3.connect(file)
            shadows = {name for name, in c.execute(
                "select name from pragma_table_list where type in ('shadow', 'virtual')")}
            out = {}
            for kind, name, of, sql in c.execute(
                    "select type, name, tbl_name, sql from sqlite_schema where sql is not null"):
                if of in shadows or name.startswith(('lockstep_', 'sqlite_')): continue
                out[kind, name] = words(sql)
                if kind != 'table': continue
                facts = table(c, name)
                implied = {column[2] for key in facts[2] for column in key}
                out[kind, name] = (sorted(set(words(sql)) - implied), facts)
            return out
        there, new = read('there.db'), read('new.db')
        told = set(re.findall(r'^warning: (\w+) (\S+) is left out', open('told').read(), re.M))
        assert set(there) - told == set(new), (set(there) - told) ^ set(new)
        assert len(new) > 10
        for key in new: assert there[key] == new[key], (key, there[key], new[key])
        """#
}
