import Testing

/// What the documents name is there.
@Suite("Documents")
struct DocumentTests {
    static let mapPath = "Sources/ARCHITECTURE.md"

    @Test("the map has at most 300 lines and names every target and every folder of Sources")
    func map() {
        let text = Repository.text(Self.mapPath)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 301)
        for target in Repository.folders(in: "Sources") {
            let isNamed = text.contains("`\(target)`")
            #expect(isNamed, "\(Self.mapPath) does not name \(target)")
            for folder in Repository.folders(in: "Sources/\(target)") {
                let isNamed = text.contains("`\(target)/\(folder)/`")
                #expect(isNamed, "\(Self.mapPath) does not name \(target)/\(folder)/")
            }
        }
    }

    @Test(
        "what a document names in code marks as a file or folder exists",
        arguments: [
            mapPath, "CONTRIBUTING.md", "docs/limits.md",
        ])
    func paths(_ document: String) {
        let pieces = Repository.text(document).split(
            separator: "`", omittingEmptySubsequences: false)
        var count = 0
        for (index, piece) in pieces.enumerated() where index % 2 == 1 {
            guard Self.isPath(piece) else { continue }
            count += 1
            let path = piece.hasSuffix("/") ? String(piece.dropLast()) : String(piece)
            #expect(
                Repository.exists(path) || Repository.exists("Sources/\(path)")
                    || Repository.exists("Tests/\(path)"),
                "\(document) names \(path), which is no more")
        }
        #expect(count > 5)
    }

    /// Something with a folder or an ending of ours, without places to fill in.
    private static func isPath(_ piece: Substring) -> Bool {
        let placeholders = "<>*…{}()$ "
        guard !piece.contains(where: placeholders.contains), !piece.hasPrefix("-"),
            !piece.hasPrefix("http"), !piece.contains("//")
        else { return false }
        return piece.hasSuffix("/") || piece.hasSuffix(".swift") || piece.hasSuffix(".md")
            || piece.hasPrefix("scripts/") || piece.hasPrefix("Tests/")
    }
}
