internal import CGit2
import Glibc
import Manifest
import SchemaCore

/// Reads the files below a folder of one commit from the object database. Nothing is ever
/// written out, so no name or link in the tree can lead anywhere; sizes are looked up before
/// anything is read.
struct TreeReader {
    private let mirror: Mirror
    private var checks: TreeGuard
    private var files: [ManifestFile] = []
    private var database: OpaquePointer?

    private init(_ mirror: Mirror, _ checks: TreeGuard) {
        self.mirror = mirror
        self.checks = checks
    }

    /// Reads a revision; collects everything that is wrong with the tree.
    static func read(
        _ revision: GitRevision, path: String, in mirror: Mirror, checks: TreeGuard
    ) throws(GitError) -> Result<ManifestTree, DiagnosticsError> {
        var reader = TreeReader(mirror, checks)
        try LibGit2.check(
            git_repository_odb(&reader.database, mirror.handle),
            "the objects of \(mirror.path) cannot be read")
        defer { git_odb_free(reader.database) }
        let root = try reader.tree(of: revision.commit)
        defer { git_tree_free(root) }
        if path.isEmpty {
            try reader.walk(root, folder: "")
        } else {
            let folder = try reader.folder(path, in: root, revision)
            defer { git_tree_free(folder) }
            try reader.walk(folder, folder: "")
        }
        let diagnostics = reader.checks.diagnostics
        if !diagnostics.isEmpty { return .failure(DiagnosticsError(diagnostics)) }
        return .success(
            ManifestTree(revision: revision.description, files: reader.files))
    }

    private func tree(of commit: String) throws(GitError) -> OpaquePointer {
        guard var id = LibGit2.id(commit) else { throw Mirror.missing(commit) }
        var object: OpaquePointer?
        guard git_commit_lookup(&object, mirror.handle, &id) == 0, let object else {
            throw Mirror.missing(commit)
        }
        defer { git_commit_free(object) }
        var tree: OpaquePointer?
        try LibGit2.check(
            git_commit_tree(&tree, object), "the tree of commit \(commit) cannot be read")
        guard let tree else { preconditionFailure("libgit2 gave no tree") }
        return tree
    }

    /// Goes down by names, one after the other: a link on the way is not followed.
    private func folder(
        _ path: String, in root: OpaquePointer, _ revision: GitRevision
    ) throws(GitError) -> OpaquePointer {
        var entry: OpaquePointer?
        let code = git_tree_entry_bypath(&entry, root, path)
        defer { git_tree_entry_free(entry) }
        guard code == 0, let entry, git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE else {
            throw GitError(
                .pathNotFound, "there is no folder \"\(cleaned(path))\" at \(revision)",
                help: "name a folder of the repository by its path from the root; links are "
                    + "not followed")
        }
        return try lookup(entry, path)
    }

    private func lookup(
        _ entry: OpaquePointer, _ path: String
    ) throws(GitError) -> OpaquePointer {
        var tree: OpaquePointer?
        try LibGit2.check(
            git_tree_lookup(&tree, mirror.handle, git_tree_entry_id(entry)),
            "the folder \(cleaned(path)) cannot be read")
        guard let tree else { preconditionFailure("libgit2 gave no tree") }
        return tree
    }

    /// The depth is bounded by the guard.
    private mutating func walk(_ tree: OpaquePointer, folder: String) throws(GitError) {
        for index in 0..<git_tree_entrycount(tree) where !checks.isExhausted {
            guard let entry = git_tree_entry_byindex(tree, index) else { continue }
            try visit(entry, folder: folder)
        }
    }

    private mutating func visit(_ entry: OpaquePointer, folder: String) throws(GitError) {
        guard let text = git_tree_entry_name(entry) else { return }
        let name = Array(UnsafeRawBufferPointer(start: text, count: strlen(text)))
        // A hidden folder is no part of the tree, but a hidden submodule is still only hidden.
        let kind: TreeGuard.Entry
        switch git_tree_entry_filemode_raw(entry) {
        case GIT_FILEMODE_TREE: kind = .folder
        case GIT_FILEMODE_BLOB, GIT_FILEMODE_BLOB_EXECUTABLE:
            kind = .file(bytes: try size(of: entry, name, folder))
        case GIT_FILEMODE_LINK: kind = .link
        case GIT_FILEMODE_COMMIT: kind = .submodule
        default: kind = .special
        }
        guard let path = checks.admit(name, in: folder, as: kind) else { return }
        if kind == .folder {
            let tree = try lookup(entry, path)
            defer { git_tree_free(tree) }
            try walk(tree, folder: path)
        } else {
            try readBlob(entry, path)
        }
    }

    /// The size by the object's header, without unpacking it. Only selected files are worth it.
    private func size(
        of entry: OpaquePointer, _ name: [UInt8], _ folder: String
    ) throws(GitError) -> Int {
        let path =
            (folder.isEmpty ? "" : folder + "/") + String(decoding: name, as: UTF8.self)
        guard checks.selection.contains(path) else { return 0 }
        var size = 0
        var type = GIT_OBJECT_INVALID
        try LibGit2.check(
            git_odb_read_header(&size, &type, database, git_tree_entry_id(entry)),
            "the file \(cleaned(path)) cannot be read")
        return type == GIT_OBJECT_BLOB ? size : Int.max
    }

    private mutating func readBlob(
        _ entry: OpaquePointer, _ path: String
    ) throws(GitError) {
        var blob: OpaquePointer?
        try LibGit2.check(
            git_blob_lookup(&blob, mirror.handle, git_tree_entry_id(entry)),
            "the file \(path) cannot be read")
        defer { git_blob_free(blob) }
        let size = Int(git_blob_rawsize(blob))
        let bytes = UnsafeRawBufferPointer(start: git_blob_rawcontent(blob), count: size)
        files.append(ManifestFile(path: path, bytes: Array(bytes)))
    }
}
