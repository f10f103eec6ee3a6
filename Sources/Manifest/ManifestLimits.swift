/// How much a tree of manifests may hold: what keeps hostile input from using up memory, stack
/// or time. Reaching a limit is a diagnostic, never a crash.
public struct ManifestLimits: Hashable, Sendable {
    /// Bytes in one file; 1 MiB by default.
    public var fileBytes = 1 << 20
    /// Nested mappings and sequences in one document; 32 by default.
    public var depth = 32
    /// Documents in one file; 1,000 by default.
    public var documentsPerFile = 1_000
    /// Nodes that aliases may add to one document; 1,000 by default.
    public var aliasNodes = 1_000
    /// Files in one tree; 10,000 by default.
    public var files = 10_000
    /// Bytes of all files of one tree; 32 MiB by default.
    public var totalBytes = 32 << 20
    /// Folders on the way to a file; 16 by default.
    public var treeDepth = 16

    /// The defaults.
    public init() {}
}
