// Owns what a tree of manifests must not hold, for every source: a source asks before it reads
// or descends, and nothing that the guard refused is ever opened.

public import SchemaCore

/// Checks the entries of a tree while a source walks it, and keeps count.
///
/// Refusals are collected in `diagnostics`, so that one run tells all; once a count is exceeded
/// `isExhausted` tells the source to stop walking.
public struct TreeGuard: Sendable {
    /// What an entry of a folder is.
    public enum Entry: Hashable, Sendable {
        case file(bytes: Int)
        case folder
        case link
        case submodule
        case special
    }

    /// What may be read.
    public let selection: FileSelection
    /// How much may be read.
    public let limits: ManifestLimits
    /// All refusals so far.
    public private(set) var diagnostics: [Diagnostic] = []
    /// Whether a limit on the whole tree was exceeded: stop walking.
    public private(set) var isExhausted = false

    private var seen: Set<String> = []
    private var entries = 0
    private var files = 0
    private var totalBytes = 0

    /// Makes a guard for one walk.
    public init(selection: FileSelection = .manifests, limits: ManifestLimits = .init()) {
        self.selection = selection
        self.limits = limits
    }

    /// Whether an entry is hidden (its name begins with a full stop) and so no part of the tree.
    ///
    /// `.`, `..` and `.git` are not hidden but refused: only a made-up git tree has them.
    public static func isHidden(_ name: some Collection<UInt8>) -> Bool {
        name.first == UInt8(ascii: ".") && nameProblem(name) == nil
    }

    /// Decides on one entry.
    ///
    /// - Parameters:
    ///   - name: its name as the bytes that the tree holds.
    ///   - folder: the path of its folder from the root, empty for the root itself.
    /// - Returns: the path of a file to read or a folder to descend into; nil where the entry is
    ///   refused or not selected.
    public mutating func admit(
        _ name: some Collection<UInt8>, in folder: String, as entry: Entry
    ) -> String? {
        guard !isExhausted else { return nil }
        if let problem = Self.nameProblem(name) {
            refuse("refused-name", Self.shown(name, in: folder), problem, "rename it")
            return nil
        }
        if Self.isHidden(name) { return nil }
        let path = (folder.isEmpty ? "" : folder + "/") + String(decoding: name, as: UTF8.self)
        guard count(path) else { return nil }
        switch entry {
        case .file(let bytes): return admitFile(path, bytes: bytes)
        case .folder: return admitFolder(path)
        case .link:
            if mayMatter(path) {
                refuse("refused-link", path, "is a symbolic link", "put the file itself there")
            }
        case .submodule:
            refuse(
                "refused-submodule", path, "is a submodule",
                "keep manifests in the repository itself")
        case .special:
            if mayMatter(path) {
                refuse("refused-special", path, "is not a regular file", "remove it")
            }
        }
        return nil
    }

    /// Reports an entry that could not be read.
    public mutating func unreadable(_ path: String, _ reason: String) {
        diagnostics.append(
            .error("unreadable", "\(path.isEmpty ? "." : path) cannot be read: \(reason)"))
    }

    private mutating func count(_ path: String) -> Bool {
        entries += 1
        // Ten entries a file leave room for whatever else lives in a repository.
        guard entries <= limits.files * 10 else {
            exhaust("the tree holds more than \(limits.files * 10) entries")
            return false
        }
        // String equality is canonical equivalence: two spellings of one name collide here.
        guard seen.insert(path).inserted else {
            refuse(
                "name-collision", path,
                "exists twice, in two Unicode spellings or as an entry "
                    + "of a malformed tree", "rename one of them")
            return false
        }
        return true
    }

    private mutating func admitFile(_ path: String, bytes: Int) -> String? {
        guard selection.contains(path) else { return nil }
        files += 1
        totalBytes += max(bytes, 0)
        guard files <= limits.files else {
            exhaust("the tree holds more than \(limits.files) manifest files")
            return nil
        }
        guard bytes <= limits.fileBytes else {
            diagnostics.append(FileProblem.tooLarge(path, bytes: bytes, limits: limits))
            return nil
        }
        guard totalBytes <= limits.totalBytes else {
            exhaust("the manifest files hold more than \(limits.totalBytes) bytes together")
            return nil
        }
        return path
    }

    private mutating func admitFolder(_ path: String) -> String? {
        let depth = path.utf8.count { $0 == UInt8(ascii: "/") } + 1
        guard depth <= limits.treeDepth else {
            refuse(
                "tree-too-deep", path, "is nested deeper than \(limits.treeDepth) folders",
                "move it up")
            return nil
        }
        return path
    }

    /// A link named `README.md` is as irrelevant as the file would be; one that could be a
    /// manifest or a folder of manifests would be skipped in silence if it were not refused.
    private func mayMatter(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return selection.contains(path) || !name.contains(".")
    }

    private mutating func exhaust(_ message: String) {
        isExhausted = true
        diagnostics.append(
            .error(
                "tree-too-large", message,
                help: "name the folder that holds the manifests and nothing else"))
    }

    private mutating func refuse(
        _ code: String, _ path: String, _ what: String, _ help: String
    ) {
        diagnostics.append(.error(code, "\(path) \(what)", help: help))
        if diagnostics.count >= 100 { isExhausted = true }
    }

    /// Why a name could lead out of the tree or deceive a reader; nil for a good name.
    private static func nameProblem(_ name: some Collection<UInt8>) -> String? {
        guard let text = String(validating: name, as: UTF8.self) else {
            return "has a name that is not UTF-8"
        }
        if text.isEmpty { return "has an empty name" }
        if text == "." || text == ".." { return "has a name that leaves its folder" }
        if [".git", "git~1"].contains(text.lowercased()) {
            return "has a name that belongs to git"
        }
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned,
                .privateUse:
                return "has an invisible character in its name"
            default: break
            }
            if scalar == "/" || scalar == "\\" { return "has a slash in its name" }
        }
        return nil
    }

    /// A path for people: what is not printable ASCII is escaped.
    private static func shown(_ name: some Collection<UInt8>, in folder: String) -> String {
        var out = folder.isEmpty ? "" : folder + "/"
        for byte in name.prefix(200) {
            if byte > 0x20 && byte < 0x7f {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                out += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return out.isEmpty ? "\"\"" : out
    }
}
