import Foundation
import Testing

/// A disk that is full: a small file system in memory of its own, or where none may be mounted
/// (which takes the right to administrate the system) a limit on the size of files, which ends
/// writes at the same places with another of the system's errors.
@Suite("Full disks under SQLite")
struct SQLiteDiskTests {
    /// A folder without much room.
    private struct Disk {
        let place: Place
        /// Whether it is a file system of its own.
        let isMounted: Bool
        let kilobytes: Int

        static func with(
            kilobytes: Int, _ place: Place, _ body: (Disk) async throws -> Void
        ) async throws {
            let folder = place.folder.appendingPathComponent("disk")
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false)
            let mounted = try await Program.run(
                "/usr/bin/env",
                ["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "none", folder.path],
                in: place)
            let disk = Disk(
                place: place, isMounted: mounted.status == 0, kilobytes: kilobytes)
            do {
                try await body(disk)
                try await disk.unmount()
            } catch {
                try await disk.unmount()
                throw error
            }
        }

        private func unmount() async throws {
            guard isMounted else { return }
            let outcome = try await Program.run(
                "/usr/bin/env", ["umount", "-l", "disk"], in: place)
            #expect(outcome.status == 0, "\(outcome.all)")
        }

        /// Runs the program on the disk.
        func lockstep(_ command: [String], isRoomy: Bool = false) async throws -> Program.Outcome {
            let target = ["--engine", "sqlite", "--url", "disk/app.db", "--manifests", "schema"]
            if isMounted || isRoomy {
                return try await Program.lockstep(command + target, in: place)
            }
            return try await Program.run(
                "/bin/bash",
                [
                    "-c", "trap '' XFSZ; ulimit -f \(kilobytes / 2); exec \"$@\"", "bash",
                    Program.path,
                ] + command + target, in: place)
        }

        /// Makes room.
        func grow() async throws {
            guard isMounted else { return }
            let outcome = try await Program.run(
                "/usr/bin/env", ["mount", "-o", "remount,size=64m", "disk"], in: place)
            #expect(outcome.status == 0, "\(outcome.all)")
        }

        /// What the system says of it.
        var words: String { isMounted ? "database or disk is full" : "disk I/O error" }

        var files: [String] {
            get throws {
                try FileManager.default.contentsOfDirectory(
                    atPath: place.folder.appendingPathComponent("disk").path
                ).sorted()
            }
        }
    }

    @Test(
        "a rebuild without room loses nothing, and goes through once there is some",
        arguments: ["delete", "wal"])
    func rebuild(mode: String) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                try await Disk.with(kilobytes: 5_600, place) { disk in
                    try prepare(place, "checks: [a >= 0]")
                    try await python("make.py", mode, "0", in: place)
                    // The second finds journal and lock as the first left them.
                    for number in 1...2 {
                        let outcome = try await disk.lockstep([
                            "apply", "--auto-approve", "breaking",
                        ])
                        #expect(outcome.status == 1, "\(outcome.all)")
                        #expect(outcome.errors.contains(disk.words), "\(outcome.all)")
                        #expect(outcome.errors.contains("nothing was lost"), "\(outcome.all)")
                        try await python("judge.py", in: place)
                        let history = try await disk.lockstep(["history"])
                        #expect(history.status == 0, "\(history.all)")
                        #expect(
                            history.output.components(separatedBy: "failed").count > number,
                            "\(history.all)")
                    }
                    try await disk.grow()
                    try await succeed(disk, ["--auto-approve", "breaking"])
                    try await python("judge.py", in: place)
                }
            }
        }
    }

    @Test("a backup without room is told before anything is begun")
    func backup() async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                try await Disk.with(kilobytes: 7_000, place) { disk in
                    try prepare(place, "")
                    // Half of the file is free, so that nothing but the backup lacks room.
                    try await python("make.py", "delete", "10000", in: place)
                    let drop = ["--acknowledge", "drop-column:t.c"]
                    let outcome = try await disk.lockstep(["apply"] + drop)
                    #expect(outcome.status == 1, "\(outcome.all)")
                    #expect(
                        outcome.errors.contains("no backup could be made, so nothing was run"),
                        "\(outcome.all)")
                    #expect(outcome.errors.contains("help: "), "\(outcome.all)")
                    #expect(try disk.files == ["app.db"])
                    try await python("judge.py", in: place)
                    let history = try await disk.lockstep(["history", "-o", "json"])
                    #expect(!history.output.contains("stepStarted"), "\(history.all)")
                    try await disk.grow()
                    try await succeed(disk, drop)
                    #expect(try disk.files.filter { $0.hasSuffix(".backup") }.count == 1)
                    try await python("judge.py", in: place)
                }
            }
        }
    }

    private func succeed(_ disk: Disk, _ approval: [String]) async throws {
        let applied = try await disk.lockstep(["apply"] + approval, isRoomy: true)
        #expect(applied.status == 0, "\(applied.all)")
        let plan = try await disk.lockstep(["plan", "--exit-code"], isRoomy: true)
        #expect(plan.status == 0, "\(plan.all)")
    }

    private func prepare(_ place: Place, _ rest: String) throws {
        try FileManager.default.createDirectory(
            at: place.folder.appendingPathComponent("schema"), withIntermediateDirectories: true)
        try write(Self.make, "make.py", place)
        try write(Self.judge, "judge.py", place)
        let c = rest.isEmpty ? "" : "\n  c: { type: text, nullable: true }"
        try write(
            """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: t
            columns:
              a: { type: integer, nullable: true }
              b: { type: text, nullable: true }\(c)
            \(rest)
            """, "schema/t.yaml", place)
    }

    private func write(_ text: String, _ name: String, _ place: Place) throws {
        try Data(text.utf8).write(to: place.folder.appendingPathComponent(name))
    }

    private func python(_ arguments: String..., in place: Place) async throws {
        let outcome = try await Program.run("/usr/bin/env", ["python3"] + arguments, in: place)
        #expect(outcome.status == 0, "\(outcome.all)")
    }

    private static let make = """
        import sqlite3, sys
        c = sqlite3.connect('disk/app.db', isolation_level=None)
        c.execute('pragma journal_mode = ' + sys.argv[1])
        def fill(table, rows):
            c.execute('create table %s(a integer, b text, c text)' % table)
            c.execute('begin')
            c.executemany('insert into %s values (?, ?, ?)' % table,
                ((n, 'x' * 200, 'c') for n in range(rows)))
            c.execute('commit')
        fill('filler', int(sys.argv[2]))
        fill('t', 10000)
        c.execute('drop table filler')
        c.execute('pragma wal_checkpoint(truncate)')
        """

    private static let judge = """
        import sqlite3
        c = sqlite3.connect('disk/app.db')
        assert c.execute('pragma integrity_check').fetchall() == [('ok',)]
        assert c.execute('select count(*), sum(a) from t').fetchone() == (10000, 49995000)
        left = c.execute("select name from sqlite_schema where name like 'lockstep_new%'")
        assert left.fetchall() == []
        """
}
