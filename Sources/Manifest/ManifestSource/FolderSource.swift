// Owns reading a plain folder. Never follows a link below the root: every entry is opened
// relative to its folder's descriptor with O_NOFOLLOW, so a tree that changes meanwhile cannot
// lead it elsewhere.

import Glibc
public import SchemaCore

/// The manifests of a plain folder.
///
/// Hidden files and folders are ignored; links, special files and names that deceive are refused.
public struct FolderSource: ManifestSource {
    /// The folder, as the user named it.
    public let root: String
    /// Which files are read.
    public let selection: FileSelection
    /// How much is read.
    public let limits: ManifestLimits

    /// Reads the folder at `root`, which may itself be reached by a link.
    public init(
        _ root: String, selection: FileSelection = .manifests, limits: ManifestLimits = .init()
    ) {
        self.root = root
        self.selection = selection
        self.limits = limits
    }

    /// Reads all selected files.
    public func load() async throws -> ManifestTree { try read() }

    /// The same without suspension: for commands that do nothing else meanwhile.
    public func read() throws(DiagnosticsError) -> ManifestTree {
        var walk = Walk(checks: TreeGuard(selection: selection, limits: limits))
        let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DiagnosticsError([
                .error(
                    "unreadable", "the folder \(root) cannot be read: \(Walk.reason(errno))",
                    help: "name a folder that exists")
            ])
        }
        walk.descend(descriptor, path: "")
        guard walk.checks.diagnostics.isEmpty else {
            throw DiagnosticsError(walk.checks.diagnostics)
        }
        return ManifestTree(files: walk.files)
    }
}

/// One walk over a folder and what is in it.
private struct Walk {
    var checks: TreeGuard
    var files: [ManifestFile] = []

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Reads a folder; closes its descriptor. The depth is bounded by the guard.
    mutating func descend(_ descriptor: Int32, path: String) {
        guard let stream = fdopendir(descriptor) else {
            checks.unreadable(path, Self.reason(errno))
            close(descriptor)
            return
        }
        defer { closedir(stream) }
        // The order of readdir is the file system's; sorted names give the same diagnostics.
        for name in Self.names(stream) where !checks.isExhausted {
            visit(name, in: descriptor, path: path)
        }
    }

    private static func names(_ stream: OpaquePointer) -> [[UInt8]] {
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                Array(bytes.prefix { $0 != 0 })
            }
            if name != [0x2e] && name != [0x2e, 0x2e] && !name.starts(with: [0x2e]) {
                names.append(name)
            }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private mutating func visit(_ name: [UInt8], in folder: Int32, path: String) {
        let cName = (name + [0]).map { CChar(bitPattern: $0) }
        var status = stat()
        guard fstatat(folder, cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // Gone since it was listed.
            if errno != ENOENT { checks.unreadable(path, Self.reason(errno)) }
            return
        }
        let entry: TreeGuard.Entry =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file(bytes: Int(status.st_size))
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .special
            }
        guard let child = checks.admit(name, in: path, as: entry) else { return }
        let isFolder = entry == .folder
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(folder, cName, flags | (isFolder ? O_DIRECTORY : 0))
        guard descriptor >= 0 else {
            checks.unreadable(child, Self.reason(errno))
            return
        }
        if isFolder {
            descend(descriptor, path: child)
        } else {
            defer { close(descriptor) }
            readFile(descriptor, path: child, expected: Int(status.st_size))
        }
    }

    private mutating func readFile(_ descriptor: Int32, path: String, expected: Int) {
        // One byte more than expected shows a file that grew since it was counted.
        var bytes = [UInt8](repeating: 0, count: expected + 1)
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                checks.unreadable(path, Self.reason(errno))
                return
            }
            if got == 0 { break }
            filled += got
        }
        guard filled <= expected else {
            checks.unreadable(path, "it changed while it was read")
            return
        }
        files.append(ManifestFile(path: path, bytes: Array(bytes[..<filled])))
    }
}
