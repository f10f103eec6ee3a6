import Glibc

/// Looks at a process and all that it started, through /proc.
enum ProcessTree {
    /// The process and its descendants, parents first. Bounded, should they multiply.
    static func members(of root: pid_t) -> [pid_t] {
        var out = [root]
        var next = 0
        while next < out.count, out.count < 256 {
            let pid = out[next]
            next += 1
            let children = read("/proc/\(pid)/task/\(pid)/children")
            out += children.split(separator: " ").compactMap { pid_t($0) }
        }
        return out
    }

    /// Bytes of memory that are in use by the process and its descendants, without files that
    /// are only mapped.
    static func residentBytes(of root: pid_t) -> Int {
        let page = sysconf(Int32(_SC_PAGESIZE))
        return members(of: root).reduce(0) { sum, pid in
            let fields = read("/proc/\(pid)/statm").split(separator: " ")
            guard fields.count > 2, let resident = Int(fields[1]), let shared = Int(fields[2])
            else { return sum }
            return sum + (resident - shared) * page
        }
    }

    /// Ends a process and its descendants at once.
    static func kill(_ root: pid_t) {
        for pid in members(of: root) { _ = Glibc.kill(pid, SIGKILL) }
    }

    private static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let got = Glibc.read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(got, 0)), as: UTF8.self)
    }
}
