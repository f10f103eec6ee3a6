/// What the text of an index says.
struct CreateIndex {
    var name: String
    var table: String
    var isUnique: Bool
    var keys: [[Token]]
    var predicate: [Token]?

    /// Reads `CREATE INDEX`.
    static func read(_ text: String) throws(TokenCursor.Mismatch) -> (CreateIndex, TokenCursor) {
        var cursor = try TokenCursor(text)
        try cursor.expect("CREATE")
        let isUnique = cursor.take("UNIQUE")
        try cursor.expect("INDEX")
        let name = try cursor.qualifiedName()
        try cursor.expect("ON")
        let table = try cursor.name()
        let keys = try cursor.list()
        let predicate = cursor.take("WHERE") ? cursor.rest() : nil
        guard cursor.isAtEnd else { throw cursor.mismatch("WHERE or the end") }
        return (
            CreateIndex(
                name: name, table: table, isUnique: isUnique, keys: keys, predicate: predicate),
            cursor
        )
    }
}
