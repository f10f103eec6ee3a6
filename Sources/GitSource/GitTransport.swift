/// One reference that a server advertises.
struct RemoteReference: Equatable, Sendable {
    var name: String
    /// The object it names: a commit, or an annotated tag.
    var id: String
    /// The commit behind an annotated tag.
    var peeled: String?
    /// For `HEAD`, the branch it stands for.
    var target: String?

    /// The commit, unless somebody tagged something else.
    var commit: String { peeled ?? id }
}

/// What carries references and objects from a server into a mirror. All calls block; they are
/// made in the fetching process only.
protocol GitTransport: AnyObject {
    /// What the server advertises; may be narrowed to what the reference needs.
    func references() throws(GitError) -> [RemoteReference]
    /// Fetches exactly these refspecs.
    func fetch(_ refspecs: [String]) throws(GitError)
    /// Whether one commit is among the ancestors of another; both are in the mirror.
    func descends(_ commit: String, from ancestor: String) throws(GitError) -> Bool
    /// Ends the connection.
    func close()
}

extension [RemoteReference] {
    /// Joins the lines `NAME` and `NAME^{}` that servers send for an annotated tag.
    static func joined(
        _ lines: [(name: String, id: String, target: String?)]
    ) -> [RemoteReference] {
        var out: [RemoteReference] = []
        for line in lines {
            if line.name.hasSuffix("^{}"), let last = out.indices.last,
                out[last].name + "^{}" == line.name
            {
                out[last].peeled = line.id
            } else {
                out.append(RemoteReference(name: line.name, id: line.id, target: line.target))
            }
        }
        return out
    }
}
