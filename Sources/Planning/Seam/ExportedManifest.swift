/// One manifest file that `import` writes.
public struct ExportedManifest: Hashable, Sendable {
    /// Its path below the output folder.
    public var path: String
    /// Its text.
    public var text: String

    /// Makes the value.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}
