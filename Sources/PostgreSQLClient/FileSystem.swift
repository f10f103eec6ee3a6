// Owns the few file operations that a private server needs.

import Glibc

enum FileSystem {
    /// The first bytes of a file, or the last ones; nil if it cannot be read.
    static func read(_ path: String, limit: Int = 4096, fromEnd: Bool = false) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        // A file shorter than that is read from its start.
        if fromEnd { fseek(file, -limit, SEEK_END) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = fread(&bytes, 1, limit, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Writes a new file.
    static func write(_ text: String, to path: String) throws(PostgreSQLError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("cannot create \(path)") }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw failure("cannot write \(path)")
        }
    }

    /// The names in a folder, sorted; empty if it cannot be read.
    static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Where a symbolic link of `/proc` leads.
    static func destination(of link: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { buffer in
                buffer.baseAddress.map { readlink(link, $0, buffer.count) } ?? -1
            }
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// Whether a path is a folder of ours that nobody else may write to.
    static func belongsToUs(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFDIR && status.st_uid == geteuid()
            && status.st_mode & 0o022 == 0
    }

    /// An error of the last system call.
    static func failure(_ words: String, hint: String? = nil) -> PostgreSQLError {
        PostgreSQLError(
            kind: .localServer, message: "\(words): \(errorText(errno))", hint: hint)
    }
}
