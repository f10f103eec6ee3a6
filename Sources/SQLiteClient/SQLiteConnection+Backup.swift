// Owns the taking of backups (<https://sqlite.org/backup.html>). Invariant: under the name that was
// asked for there is a backup that was looked over, or nothing new.

internal import CSQLite
internal import Glibc

extension SQLiteConnection {
    /// Copies the database as it is now to a new file, and looks the copy over: `integrity_check`
    /// and the number of rows of each table. A table that needs a collation or a function of an
    /// application is only copied and counted.
    ///
    /// No transaction may be open. Readers and, with a write-ahead log, writers go on.
    /// - Throws: `SQLiteError`, of kind `usage` if the file is there already, of kind
    ///   `unsoundBackup` if the copy is not what it should be; then the copy is removed.
    public func backup(
        to path: String, pagesAtOnce: Int = 1_000,
        progress: @Sendable (SQLiteBackup.Progress) -> Void = { _ in }
    ) async throws(SQLiteError) -> SQLiteBackup {
        guard !isInTransaction else {
            throw SQLiteError(.usage, "a backup cannot be taken within a transaction")
        }
        guard access(path, F_OK) != 0 else {
            throw SQLiteError(
                .usage, "\(path) is there already", hint: "Name a file that is not there.")
        }
        let partial = path + ".partial"
        Self.remove(partial)
        do throws(SQLiteError) {
            // One snapshot for the counts and the copy.
            try await begin(.deferred)
            let rows = try await rowCounts()
            let pages = try await copy(to: partial, pagesAtOnce, progress)
            await rollback()
            let unchecked = try await Self.examine(partial, against: rows)
            try Self.publish(partial, as: path)
            return SQLiteBackup(path: path, pages: pages, rows: rows, unchecked: unchecked)
        } catch {
            await rollback()
            Self.remove(partial)
            throw error
        }
    }

    /// Removes a copy that is of no use, with what belongs to it.
    private static func remove(_ path: String) {
        for end in ["", "-journal", "-wal", "-shm"] { unlink(path + end) }
    }

    private func copy(
        to path: String, _ pagesAtOnce: Int, _ progress: @Sendable (SQLiteBackup.Progress) -> Void
    ) async throws(SQLiteError) -> Int {
        try await interruptible(timeout: nil, ignoresCancellation: false) {
            (handle) throws(SQLiteError) in
            // What the database holds is nobody's but its owner's, whoever may read the folder.
            let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else {
                throw SQLiteError(
                    .sqlite, "cannot make the backup \(path): \(String(cString: strerror(errno)))",
                    code: .cannotOpen)
            }
            Glibc.close(file)
            var opened: OpaquePointer?
            let code = sqlite3_open_v2(
                SQLiteLocation(path: path).fileName, &opened,
                SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nil)
            defer { sqlite3_close_v2(opened) }
            guard code == SQLITE_OK, let target = opened else { throw Self.failure(code, path) }
            guard let backup = sqlite3_backup_init(target, "main", handle, "main") else {
                throw Self.failure(sqlite3_extended_errcode(target), path)
            }
            return try self.finish(backup, pagesAtOnce, progress, path)
        }
    }

    private func finish(
        _ backup: OpaquePointer, _ pagesAtOnce: Int,
        _ progress: (SQLiteBackup.Progress) -> Void, _ path: String
    ) throws(SQLiteError) -> Int {
        var tries = 0
        var code = SQLITE_OK
        repeat {
            code = sqlite3_backup_step(backup, Int32(pagesAtOnce))
            let total = Int(sqlite3_backup_pagecount(backup))
            let left = Int(sqlite3_backup_remaining(backup))
            progress(SQLiteBackup.Progress(done: total - left, total: total))
            switch code & 0xff {
            case SQLITE_OK: tries = 0
            case SQLITE_BUSY, SQLITE_LOCKED:
                guard interrupt.waits(tries: tries) else { break }
                tries += 1
                code = SQLITE_OK
            default: break
            }
            if interrupt.isStopped { code = SQLITE_INTERRUPT }
        } while code == SQLITE_OK
        let pages = Int(sqlite3_backup_pagecount(backup))
        let end = sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, end == SQLITE_OK else {
            throw Self.failure(code == SQLITE_DONE ? end : code, path)
        }
        return pages
    }

    /// The number of rows of each table that is no part of a virtual one.
    private func rowCounts() async throws(SQLiteError) -> [String: Int64] {
        let tables = try await query(
            """
            SELECT name FROM pragma_table_list
            WHERE schema = 'main' AND type IN ('table', 'shadow') AND name <> 'sqlite_schema'
            """)
        var counts: [String: Int64] = [:]
        for table in tables {
            let name = try table.text(0)
            let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
            // An index may need a collation that only an application knows.
            counts[name] =
                try await query("SELECT count(*) FROM \(quoted) NOT INDEXED")[0].integer(0)
        }
        return counts
    }

    /// Opened for writing, since only so what belongs to a write-ahead log goes when it is closed.
    private static func examine(
        _ path: String, against rows: [String: Int64]
    ) async throws(SQLiteError) -> [String: String] {
        let copy = try await open(SQLiteLocation(path: path, mode: .readWrite))
        do throws(SQLiteError) {
            let unchecked = try await copy.lookOver(rows.keys.sorted())
            guard try await copy.rowCounts() == rows else {
                throw SQLiteError(
                    .unsoundBackup, "the backup has other numbers of rows than the database")
            }
            await copy.close()
            return unchecked
        } catch {
            await copy.close()
            throw error
        }
    }

    /// Looks at the whole database, or, where some tables cannot be looked at, at each by itself.
    private func lookOver(_ tables: [String]) async throws(SQLiteError) -> [String: String] {
        guard try await complaint(of: "integrity_check(10)") != nil else { return [:] }
        var unchecked: [String: String] = [:]
        for table in tables {
            let name = "\"" + table.replacing("\"", with: "\"\"") + "\""
            guard try await complaint(of: "integrity_check(\(name))") != nil else { continue }
            // Less thorough, and so with less that has to be known: indexes are not compared.
            unchecked[table] = try await complaint(of: "quick_check(\(name))")
        }
        return unchecked
    }

    /// Why a check cannot be made; nil if it was, and found nothing.
    private func complaint(of check: String) async throws(SQLiteError) -> String? {
        let problems: SQLiteRows
        do throws(SQLiteError) {
            problems = try await query("PRAGMA \(check)")
        } catch {
            guard error.code?.primary == .error else { throw error }
            return error.message
        }
        guard problems.count == 1, try problems[0].text(0) == "ok" else {
            throw SQLiteError(
                .unsoundBackup, "the backup fails PRAGMA \(check)",
                hint: "Run PRAGMA \(check) on the database itself.")
        }
        return nil
    }

    /// Gives the copy its name, for good: the folder is written, too.
    private static func publish(_ partial: String, as path: String) throws(SQLiteError) {
        guard rename(partial, path) == 0 else {
            throw SQLiteError(
                .sqlite, "cannot name the backup \(path): \(String(cString: strerror(errno)))")
        }
        let end = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        let folder = Glibc.open(end.isEmpty ? "/" : String(end), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        Glibc.close(folder)
    }

    private static func failure(_ code: Int32, _ path: String) -> SQLiteError {
        let code = SQLiteCode(rawValue: code)
        let words = String(cString: sqlite3_errstr(code.rawValue))
        return SQLiteError(
            code.primary == .interrupted ? .cancelled : .sqlite,
            "the backup \(path) cannot be written: \(words)", code: code,
            hint: code.primary == .full ? "Make room for it, or name another place." : nil)
    }
}
