import Foundation
import SQLiteClient
import Testing

@Suite("Files of SQLite")
struct FileTests {
    @Test(
        "locations",
        arguments: [
            ("sqlite:///a/b.db", "/a/b.db", SQLiteLocation.Mode.readWrite),
            ("sqlite://localhost/a", "/a", .readWrite), ("sqlite:a/b", "a/b", .readWrite),
            ("sqlite:///a%20b?mode=rwc", "/a b", .create), ("sqlite:/x?mode=ro", "/x", .readOnly),
            ("plain?x%20y", "plain?x%20y", .readWrite), (":memory:", ":memory:", .create),
        ])
    func locations(_ text: String, _ path: String, _ mode: SQLiteLocation.Mode) throws {
        #expect(try SQLiteLocation(text) == SQLiteLocation(path: path, mode: mode))
    }

    @Test(
        "texts that are no locations",
        arguments: [
            "", "sqlite:", "sqlite://host/a", "sqlite:///a?mode=x", "sqlite:///a?cache=shared",
            "sqlite:///%zz", "file:a", "sqlite:///a%00b",
        ])
    func noLocations(_ text: String) async throws {
        let stopped = try await failure { _ = try SQLiteLocation(text) }
        #expect(stopped.kind == .usage)
    }

    @Test("nothing is made by accident")
    func missing() async throws {
        try await withFolder { folder in
            let path = "\(folder)/none.db"
            for mode in [SQLiteLocation.Mode.readOnly, .readWrite] {
                let error = try await failure {
                    _ = try await SQLiteConnection.open(.init(path: path, mode: mode))
                }
                #expect(error.code?.primary == .cannotOpen && error.hint?.contains("rwc") == true)
                #expect(error.message.contains(path))
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            let odd = "\(folder)/file:a?mode=memory"
            let db = try await SQLiteConnection.open(.init(path: odd, mode: .create))
            _ = try await db.query("CREATE TABLE t(a)")
            await db.close()
            #expect(FileManager.default.fileExists(atPath: odd), "a plain path is no URI")
        }
    }

    @Test("a file that is no database, or a broken one, is told")
    func broken() async throws {
        try await withFile("CREATE TABLE t(a); INSERT INTO t VALUES (zeroblob(9000))") { db, path in
            await db.close()
            let other = path + ".txt"
            try String(repeating: "no database at all, ", count: 100).write(
                toFile: other, atomically: false, encoding: .utf8)
            let error = try await failure {
                _ = try await SQLiteConnection.open(.init(path: other))
            }
            #expect(error.code?.primary == .notADatabase)
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.seek(toOffset: 100)
            try file.write(contentsOf: Data(repeating: 0xff, count: 3900))
            try file.close()
            let corrupt = try await failure {
                let db = try await SQLiteConnection.open(.init(path: path))
                _ = try await db.query("SELECT * FROM t")
            }
            #expect(corrupt.code?.primary == .corrupt)
        }
    }

    @Test("waits for another process, and says that it is busy")
    func locked() async throws {
        try await withFile("CREATE TABLE t(a)") { db, path in
            let other = try OtherProcess(path, runs: "BEGIN EXCLUSIVE")
            db.setBusyTimeout(.milliseconds(100))
            let error = try await failure { _ = try await db.query("INSERT INTO t VALUES (1)") }
            #expect(error.kind == .sqlite && error.code?.primary == .busy)
            db.setBusyTimeout(.seconds(20))
            let waiting = Task { try await db.query("INSERT INTO t VALUES (1)").changes }
            try await Task.sleep(for: .milliseconds(50))
            other.end()
            #expect(try await waiting.value == 1)
        }
    }

    @Test("a cancelled task waits for no lock")
    func cancelledWait() async throws {
        try await withFile("CREATE TABLE t(a)") { db, path in
            let other = try OtherProcess(path, runs: "BEGIN EXCLUSIVE")
            defer { other.end() }
            db.setBusyTimeout(.seconds(20))
            let waiting = Task { try await db.begin() }
            try await Task.sleep(for: .milliseconds(50))
            waiting.cancel()
            let time = try await ContinuousClock().measure { () async throws in
                let refused = try await failure { try await waiting.value }
                #expect(refused.kind == .cancelled)
            }
            #expect(time < .seconds(5))
        }
    }

    @Test("a commit that waits in vain for a reader leaves nothing open")
    func commit() async throws {
        try await withFile("CREATE TABLE t(a); INSERT INTO t VALUES (1)") { db, path in
            let other = try OtherProcess(path, runs: "BEGIN;SELECT * FROM t")
            db.setBusyTimeout(.milliseconds(50))
            try await db.begin()
            _ = try await db.query("DELETE FROM t")
            let gone = try await failure { try await db.commit() }
            #expect(gone.code?.primary == .busy)
            #expect(await !db.isInTransaction)
            other.end()
            #expect(try await db.query("SELECT * FROM t").count == 1)
        }
    }

    @Test("a full disk is told, and loses nothing")
    func full() async throws {
        try await withFolder { folder in
            let isMounted = mount(folder)
            defer { if isMounted { unmount(folder) } }
            let path = "\(folder)/a.db"
            let db = try await SQLiteConnection.open(.init(path: path, mode: .create))
            try await db.runScript("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
            // Without the right to mount, SQLite's own limit stands in for the disk's.
            if !isMounted { _ = try await db.query("PRAGMA max_page_count = 200") }
            let error = try await failure {
                try await db.begin()
                _ = try await db.query("INSERT INTO t VALUES (zeroblob(5000000))")
                try await db.commit()
            }
            #expect(error.code?.primary == .full && error.hint != nil)
            await db.rollback()
            #expect(try await db.query("SELECT count(*) FROM t")[0].integer(0) == 1)
            #expect(try await db.query("PRAGMA integrity_check")[0].text(0) == "ok")
            await db.close()
        }
    }

    private func mount(_ folder: String) -> Bool {
        run("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder)
    }
    private func unmount(_ folder: String) { _ = run("umount", folder) }

    private func run(_ words: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    @Test("a file and a folder that may not be written are told")
    func readOnly() async throws {
        try await withFile("CREATE TABLE t(a)") { db, path in
            await db.close()
            let reading = try await SQLiteConnection.open(.init(path: path, mode: .readOnly))
            let error = try await failure { _ = try await reading.query("DELETE FROM t") }
            #expect(error.code?.primary == .readOnly)
            await reading.close()
            // The superuser may write everywhere.
            guard geteuid() != 0 else { return }
            let folder = String(path.dropLast("/a.db".count))
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder)
            defer {
                try? FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: folder)
            }
            let denied = try await failure {
                let db = try await SQLiteConnection.open(.init(path: path))
                _ = try await db.query("INSERT INTO t VALUES (1)")
            }
            #expect([.readOnly, .cannotOpen].contains(denied.code?.primary))
        }
    }

    @Test("a file cannot load code, reach other files or rewrite its own schema")
    func defences() async throws {
        try await withFile("CREATE TABLE t(a)") { db, path in
            for text in [
                "ATTACH '\(path)-other' AS o", "SELECT load_extension('x')",
                "UPDATE sqlite_schema SET sql = ''",
            ] {
                let error = try await failure { _ = try await db.query(text) }
                #expect(error.kind == .sqlite, "\(text)")
            }
            _ = try await db.query("PRAGMA writable_schema = ON")
            let error = try await failure { _ = try await db.query("DELETE FROM sqlite_schema") }
            #expect(error.code == .error)
            #expect(!FileManager.default.fileExists(atPath: path + "-other"))
        }
    }
}
