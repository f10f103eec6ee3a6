/// One document of a YAML file.
public struct YAMLDocument: Sendable {
    /// What it holds.
    public let root: YAMLNode
    /// Its number in the file, from 0, counting empty and broken documents.
    public let index: Int
    /// Whether it has anchors or aliases, which the tree no longer shows.
    public let hasAnchors: Bool
    /// The line on which it begins: that of its `---`, or of its content where it has none.
    public let startLine: Int

    /// Makes a document.
    public init(root: YAMLNode, index: Int, hasAnchors: Bool, startLine: Int) {
        self.root = root
        self.index = index
        self.hasAnchors = hasAnchors
        self.startLine = startLine
    }
}
