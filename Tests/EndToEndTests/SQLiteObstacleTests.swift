import Foundation
import Testing

/// What comes in the way of a change: others who lock the file, and a disk that is full.
@Suite("Obstacles on SQLite")
struct SQLiteObstacleTests {
    enum Holder: String, CaseIterable {
        case reader = "deferred"
        case writer = "immediate"
        case loner = "exclusive"
    }

    @Test("who locks the file is waited for, and named", arguments: Holder.allCases)
    func locked(holder: Holder) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                try prepare(place)
                try await python("make.py", "app.db", in: place)
                let outcome = try await Program.run(
                    "/usr/bin/env", ["python3", "hold.py", holder.rawValue], in: place
                ) { holding in
                    try await wait(for: "held", place)
                    for command in [["apply", "--auto-approve", "breaking"], ["plan"], ["status"]] {
                        let began = ContinuousClock.now
                        let outcome = try await lockstep(command, in: place)
                        let isRead = command != ["apply", "--auto-approve", "breaking"]
                        if isRead && holder != .loner {
                            #expect(outcome.status == 0, "readers go on: \(outcome.all)")
                            continue
                        }
                        #expect(outcome.status == 6, "\(outcome.all)")
                        #expect(
                            outcome.errors.contains("process \(holding) (python3)"),
                            "\(outcome.all)")
                        #expect(outcome.errors.contains("help: "), "\(outcome.all)")
                        #expect(ContinuousClock.now - began > .seconds(1), "it waited")
                    }
                    try write("", "stop", place)
                }
                #expect(outcome.status == 0, "\(outcome.all)")
                try await succeed(place)
            }
        }
    }

    /// `SIGXFSZ` is ignored, so that a write beyond the limit fails as one on a full disk does.
    @Test("a rebuild that the disk has no room for loses nothing", arguments: ["delete", "wal"])
    func full(mode: String) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                try prepare(place)
                try await python("make.py", "app.db", mode, in: place)
                for _ in 1...2 {
                    let outcome = try await Program.run(
                        "/bin/bash",
                        [
                            "-c", "trap '' XFSZ; ulimit -f 3000; exec \"$@\"", "bash",
                            Program.path, "apply", "--auto-approve", "breaking",
                        ] + Self.target, in: place)
                    #expect(outcome.status == 1, "\(outcome.all)")
                    #expect(outcome.errors.contains("app.db: disk I/O error"), "\(outcome.all)")
                    #expect(
                        outcome.errors.contains("help: See whether the disk is full"),
                        "\(outcome.all)")
                    try await python("judge.py", "app.db", in: place)
                }
                try await succeed(place)
                try await python("judge.py", "app.db", in: place)
            }
        }
    }

    private static let target = [
        "--engine", "sqlite", "--url", "app.db", "--manifests", "schema",
    ]

    private func prepare(_ place: Place) throws {
        try FileManager.default.createDirectory(
            at: place.folder.appendingPathComponent("schema"), withIntermediateDirectories: true)
        try write(Self.make, "make.py", place)
        try write(Self.hold, "hold.py", place)
        try write(Self.judge, "judge.py", place)
        try write(
            """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: t
            columns:
              a: { type: integer, nullable: true }
              b: { type: text, nullable: true }
            checks: [a >= 0]
            """, "schema/t.yaml", place)
    }

    private func succeed(_ place: Place) async throws {
        let applied = try await lockstep(["apply", "--auto-approve", "breaking"], in: place)
        #expect(applied.status == 0, "\(applied.all)")
        let plan = try await lockstep(["plan", "--exit-code"], in: place)
        #expect(plan.status == 0, "\(plan.all)")
    }

    private func lockstep(
        _ command: [String], in place: Place
    ) async throws -> Program.Outcome {
        try await Program.lockstep(command + Self.target, in: place)
    }

    private func wait(for name: String, _ place: Place) async throws {
        let path = place.folder.appendingPathComponent(name).path
        for _ in 0..<400 where !FileManager.default.fileExists(atPath: path) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(FileManager.default.fileExists(atPath: path), "\(name) never came")
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
        c = sqlite3.connect(sys.argv[1], isolation_level=None)
        if len(sys.argv) > 2: c.execute('pragma journal_mode = ' + sys.argv[2])
        c.execute('create table t(a integer, b text)')
        c.execute('begin')
        c.executemany('insert into t values (?, ?)', ((n, 'x' * 200) for n in range(10000)))
        c.execute('commit')
        """

    private static let hold = """
        import os, sqlite3, sys, time
        c = sqlite3.connect('app.db', isolation_level=None)
        c.execute('begin ' + sys.argv[1])
        c.execute('select count(*) from t').fetchone()
        open('held', 'w').close()
        end, parent = time.time() + 120, os.getppid()
        while not os.path.exists('stop') and time.time() < end and os.getppid() == parent:
            time.sleep(0.05)
        """

    private static let judge = """
        import sqlite3, sys
        c = sqlite3.connect(sys.argv[1])
        assert c.execute('pragma integrity_check').fetchall() == [('ok',)]
        assert c.execute('select count(*), sum(a) from t').fetchone() == (10000, 49995000)
        left = c.execute("select name from sqlite_schema where name like 'lockstep_new%'")
        assert left.fetchall() == []
        """
}
