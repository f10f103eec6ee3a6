// Owns the search for the processes that lock a database's file. It only reads `/proc`: opening the
// file itself would, when it is closed, drop the locks of this process
// (<https://sqlite.org/howtocorrupt.html>, section 2.2).

internal import Glibc
internal import Planning

/// Who locks a database, as far as the system tells.
enum FileLockHolders {
    /// The other processes with a lock on the file or on what belongs to it.
    static func holders(of path: String) -> [LockHolder] {
        let files = Set([path, path + "-wal", path + "-shm"].compactMap(identity))
        var found: Set<Int32> = []
        for line in ProcFile.text("/proc/locks").split(separator: "\n") {
            // `2: POSIX  ADVISORY  WRITE 10412 fe:00:5457016 1073741824 1073742335`
            let fields = line.split(separator: " ")
            guard fields.count > 5, !fields[1].hasPrefix("->"), let process = Int32(fields[4]),
                process > 0, process != getpid(), files.contains(String(fields[5]))
            else { continue }
            found.insert(process)
        }
        return found.sorted().map { process in
            let name = ProcFile.text("/proc/\(process)/comm").split(separator: "\n").first
            return LockHolder(summary: "process \(process)" + (name.map { " (\($0))" } ?? ""))
        }
    }

    /// A file as `/proc/locks` names it.
    private static func identity(_ path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let device = UInt64(status.st_dev)
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & ~0xff
        func hex(_ number: UInt64) -> String {
            let text = String(number, radix: 16)
            return text.utf8.count < 2 ? "0" + text : text
        }
        return "\(hex(major)):\(hex(minor)):\(status.st_ino)"
    }
}
