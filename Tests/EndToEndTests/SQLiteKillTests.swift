import Foundation
import Glibc
import Testing

/// A rebuild of a table of 200,000 rows that is killed at random moments, while another process
/// reads the table and a third writes beside it.
///
/// `LOCKSTEP_FULL=1` kills 200 times. The moments follow from `LOCKSTEP_SEED`, which is random unless
/// it is set and is told with every failure.
@Suite("Kills of a rebuild of a SQLite table")
struct SQLiteKillTests {
    private static let rounds =
        ProcessInfo.processInfo.environment["LOCKSTEP_FULL"] == "1" ? 40 : 4

    @Test("nothing is lost by five kills at random moments", arguments: 1...Self.rounds)
    func kills(round: Int) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                try write(Self.make, "make.py", place)
                try write(Self.read, "read.py", place)
                try write(Self.write, "write.py", place)
                try write(Self.judge, "judge.py", place)
                // Both ways of keeping a transaction: with a write-ahead log, and without.
                try await python("make.py", round.isMultiple(of: 2) ? "wal" : "delete", in: place)
                // Moments of one seed are the same; what the program does in them is not.
                let delays = Self.delays(round)
                let told = "seed \(Self.seed), round \(round), killed after \(delays) ms"
                async let reader = python("read.py", in: place)
                async let writer = python("write.py", in: place)
                for number in 1...5 {
                    try declare(number, place)
                    let delay = delays[number - 1]
                    let outcome = try await Program.lockstep(Self.apply, in: place) { pid in
                        try await Task.sleep(for: .milliseconds(delay))
                        kill(pid, SIGKILL)
                    }
                    // It may be through, find what the one before left, or wait in vain.
                    #expect(
                        [0, 1, 6, 128 + SIGKILL].contains(outcome.status),
                        "\(told): \(outcome.all)")
                }
                try write("", "stop", place)
                try await reader
                try await writer
                let last = try await Program.lockstep(Self.apply, in: place)
                #expect(last.status == 0, "\(told): \(last.all)")
                try await python("judge.py", told: told, in: place)
            }
        }
    }

    private static let seed: UInt64 =
        ProcessInfo.processInfo.environment["LOCKSTEP_SEED"].flatMap(UInt64.init)
        ?? UInt64.random(in: 0..<1 << 32)

    /// Five numbers up to 2,000 (the constants are those of Knuth's MMIX).
    private static func delays(_ round: Int) -> [Int] {
        var state = seed &+ UInt64(round) &* 0x9e37_79b9_7f4a_7c15
        return (1...5).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % 2_001)
        }
    }

    private static let apply = [
        "apply", "--engine", "sqlite", "--url", "app.db", "--manifests", "schema",
        "--auto-approve", "breaking",
    ]

    private func write(_ text: String, _ name: String, _ place: Place) throws {
        let file = place.folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Another check each time, so that there is a rebuild each time.
    private func declare(_ number: Int, _ place: Place) throws {
        try write(
            """
            apiVersion: lockstep.dev/v1
            kind: Table
            name: users
            columns:
              id: integer
              email: text
            primaryKey: { columns: [id], autoincrement: true }
            checks:
              - length(email) < 10\(number)
            indexes:
              users_email: [email]
            ---
            apiVersion: lockstep.dev/v1
            kind: Table
            name: log
            columns:
              n: { type: int, nullable: true }
            """, "schema/all.yaml", place)
    }

    private func python(
        _ arguments: String..., told: String = "seed \(SQLiteKillTests.seed)", in place: Place
    ) async throws {
        let outcome = try await Program.run("/usr/bin/env", ["python3"] + arguments, in: place)
        #expect(outcome.status == 0, "\(told): \(outcome.all)")
    }

    private static let make = """
        import sqlite3, sys
        c = sqlite3.connect('app.db', isolation_level=None)
        c.execute('pragma journal_mode = ' + sys.argv[1])
        c.execute('create table users(id integer primary key autoincrement, email text not null)')
        c.execute('create index users_email on users(email)')
        c.execute('create table log(n int)')
        c.execute('begin')
        c.executemany('insert into users(email) values (?)',
            (('somebody%d@example.org' % n,) for n in range(200000)))
        c.execute('commit')
        """

    // Both end by themselves, so that a test that fails leaves nothing behind.
    private static let read = """
        import os, sqlite3, time
        end, parent = time.time() + 120, os.getppid()
        while not os.path.exists('stop') and time.time() < end and os.getppid() == parent:
            c = sqlite3.connect('app.db', timeout=120)
            count, total = c.execute('select count(*), sum(id) from users').fetchone()
            c.close()
            assert (count, total) == (200000, 20000100000), (count, total)
        """

    private static let write = """
        import os, sqlite3, time
        done, end, parent = 0, time.time() + 120, os.getppid()
        while not os.path.exists('stop') and time.time() < end and os.getppid() == parent:
            c = sqlite3.connect('app.db', timeout=120, isolation_level=None)
            c.execute('insert into log values (?)', (done,))
            done += 1
            c.close()
            time.sleep(0.02)
        open('written', 'w').write(str(done))
        """

    private static let judge = """
        import sqlite3
        c = sqlite3.connect('app.db', timeout=60)
        def one(query): return c.execute(query).fetchall()
        assert one('pragma integrity_check') == [('ok',)]
        assert one('select count(*), sum(id) from users') == [(200000, 20000100000)]
        assert one('select seq from sqlite_sequence') == [(200000,)]
        assert one('select count(*) from log') == [(int(open('written').read()),)]
        names = one("select name from sqlite_schema where name like 'lockstep_new%'")
        assert names == [], names
        text = one("select sql from sqlite_schema where name = 'users'")[0][0]
        assert '< 105' in text, text
        """
}
