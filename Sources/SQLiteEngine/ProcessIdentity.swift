// Owns how a process is told from all others, and what can be known of another one.

internal import Glibc

/// A process on a machine.
struct ProcessIdentity: Hashable, Sendable {
    /// The machine as people call it.
    let host: String
    /// The machine since it was started, and its space of process numbers: only there a number
    /// means something.
    let machine: String
    /// The process's number.
    let process: Int32
    /// When it started, in the kernel's ticks: a number may be given to another process later.
    let start: String

    /// This process.
    static let own: ProcessIdentity = {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let host = String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return ProcessIdentity(
            host: host, machine: ownMachine, process: getpid(), start: start(of: getpid()) ?? "")
    }()

    private static let ownMachine: String = {
        var link = [UInt8](repeating: 0, count: 128)
        let count = link.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { buffer in
                buffer.baseAddress.map { readlink("/proc/self/ns/pid", $0, buffer.count) } ?? 0
            }
        }
        let boot =
            ProcFile.text("/proc/sys/kernel/random/boot_id")
            .split(separator: "\n").first ?? ""
        return "\(boot) \(String(decoding: link.prefix(max(0, count)), as: UTF8.self))"
    }()

    /// Whether it is known that this process is no more.
    var hasEnded: Bool {
        guard machine == Self.ownMachine, !start.isEmpty else { return false }
        return Self.start(of: process) != start
    }

    /// Field 22 of `/proc/<process>/stat`, counted behind the name, which may hold anything.
    private static func start(of process: Int32) -> String? {
        let text = ProcFile.text("/proc/\(process)/stat")
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[end...].split(separator: " ")
        return fields.count > 20 ? String(fields[20]) : nil
    }
}

/// A small file of `/proc`.
enum ProcFile {
    /// Its text; empty if it cannot be read.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
