import Foundation
import SQLiteClient
import Synchronization
import Testing

@Suite("Backups of SQLite")
struct BackupTests {
    static let script = """
        CREATE TABLE t(a PRIMARY KEY); CREATE TABLE "o'd\"\"d"(b);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
        INSERT INTO t SELECT 'row ' || i FROM n;
        """

    @Test("holds what the database held, and says how far it is")
    func sound() async throws {
        try await withFile(Self.script) { db, path in
            let seen = Mutex<[SQLiteBackup.Progress]>([])
            let backup = try await db.backup(to: path + ".bak", pagesAtOnce: 10) { step in
                seen.withLock { $0.append(step) }
            }
            #expect(backup.rows == ["t": 5000, "o'd\"d": 0])
            let steps = seen.withLock { $0 }
            #expect(steps.count > 3 && steps.last?.done == backup.pages)
            #expect(steps.map(\.done) == steps.map(\.done).sorted())
            let copy = try await SQLiteConnection.open(
                .init(path: path + ".bak", mode: .readOnly))
            #expect(try await copy.query("SELECT max(a) FROM t")[0].text(0) == "row 999")
            await copy.close()
            #expect(await !db.isInTransaction)
            let again = try await failure { _ = try await db.backup(to: path + ".bak") }
            #expect(again.kind == .usage)
        }
    }

    @Test("a writer with a write-ahead log goes on, and the backup is of one moment")
    func snapshot() async throws {
        try await withFile("PRAGMA journal_mode = WAL; " + Self.script) { db, path in
            let writer = try await SQLiteConnection.open(.init(path: path))
            let first = Mutex(true)
            let write = Mutex<Task<Void, any Error>?>(nil)
            let backup = try await db.backup(to: path + ".bak", pagesAtOnce: 1) { _ in
                guard
                    first.withLock({
                        let was = $0; $0 = false; return was
                    })
                else { return }
                write.withLock { $0 = Task { _ = try await writer.query("DELETE FROM t") } }
            }
            try await write.withLock { $0 }?.value
            #expect(backup.rows["t"] == 5000)
            #expect(try await db.query("SELECT count(*) FROM t")[0].integer(0) == 0)
            await writer.close()
        }
    }

    @Test("a place that cannot hold it is told, and nothing is left there")
    func nowhere() async throws {
        try await withFile(Self.script) { db, path in
            let error = try await failure { _ = try await db.backup(to: path + ".no/b") }
            #expect(error.code?.primary == .cannotOpen)
            #expect(await !db.isInTransaction)
            let task = Task {
                try await db.backup(to: path + ".bak", pagesAtOnce: 1) { _ in
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            let failed = try await failure { _ = try await task.value }
            #expect(failed.kind == .cancelled)
            let left = try FileManager.default.contentsOfDirectory(
                atPath: String(path.dropLast("/a.db".count)))
            #expect(left == ["a.db"])
        }
    }
}
