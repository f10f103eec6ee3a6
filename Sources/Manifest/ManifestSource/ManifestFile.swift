/// One file as it was read.
public struct ManifestFile: Hashable, Sendable {
    /// Its path from the root of the tree, with `/` between the names.
    public let path: String
    /// What it holds.
    public let bytes: [UInt8]

    /// Makes a file from its path and its content.
    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}
