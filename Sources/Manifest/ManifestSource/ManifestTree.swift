/// All selected files of a source at one moment.
public struct ManifestTree: Hashable, Sendable {
    /// What was read, if the source has revisions, for example `main@sha1:3bc679b…`.
    public let revision: String?
    /// The files in the order of their paths.
    public let files: [ManifestFile]

    /// Makes a tree; sorts the files by path, bytewise.
    public init(revision: String? = nil, files: [ManifestFile]) {
        self.revision = revision
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The files for which `isIncluded` holds.
    public func filter(_ isIncluded: (ManifestFile) -> Bool) -> ManifestTree {
        ManifestTree(revision: revision, files: files.filter(isIncluded))
    }

    /// The file at a path.
    public subscript(path: String) -> ManifestFile? { files.first { $0.path == path } }
}
