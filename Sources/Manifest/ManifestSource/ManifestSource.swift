/// Where manifests come from: a folder, a revision of a git repository.
public protocol ManifestSource: Sendable {
    /// Reads all selected files.
    ///
    /// - Throws: `DiagnosticsError` with everything that is wrong with the tree: a link, a name
    ///   that could leave the tree, too many or too large files.
    func load() async throws -> ManifestTree
}
