/// What the text of a view says.
struct CreateView {
    var name: String
    var columns: [String]
    var query: [Token]

    /// Reads `CREATE VIEW`.
    static func read(_ text: String) throws(TokenCursor.Mismatch) -> (CreateView, TokenCursor) {
        var cursor = try TokenCursor(text)
        try cursor.expect("CREATE")
        try cursor.expect("VIEW")
        let name = try cursor.qualifiedName()
        let columns = cursor.isNextSymbol("(") ? try cursor.names() : []
        try cursor.expect("AS")
        return (CreateView(name: name, columns: columns, query: cursor.rest()), cursor)
    }
}
