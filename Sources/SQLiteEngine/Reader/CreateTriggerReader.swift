/// What the text of a trigger says.
struct CreateTrigger {
    var name: String
    var table: String
    var time: TriggerDefinition.Time
    var event: TriggerDefinition.Event
    var columns: [String]
    var condition: [Token]?
    var body: [Token]

    /// Reads `CREATE TRIGGER`.
    static func read(_ text: String) throws(TokenCursor.Mismatch) -> (CreateTrigger, TokenCursor) {
        var cursor = try TokenCursor(text)
        try cursor.expect("CREATE")
        try cursor.expect("TRIGGER")
        let name = try cursor.qualifiedName()
        let time = time(&cursor)
        let (event, columns) = try event(&cursor)
        try cursor.expect("ON")
        let table = try cursor.qualifiedName()
        if cursor.take("FOR") {
            try cursor.expect("EACH")
            try cursor.expect("ROW")
        }
        var condition: [Token]?
        if cursor.take("WHEN") { condition = try cursor.untilBody() }
        try cursor.expect("BEGIN")
        var body = cursor.rest()
        guard body.popLast()?.isWord("END") == true else { throw cursor.mismatch("END") }
        return (
            CreateTrigger(
                name: name, table: table, time: time, event: event, columns: columns,
                condition: condition, body: body), cursor
        )
    }

    private static func time(_ cursor: inout TokenCursor) -> TriggerDefinition.Time {
        if cursor.take("AFTER") { return .after }
        if cursor.take("INSTEAD", "OF") { return .insteadOf }
        _ = cursor.take("BEFORE")
        return .before
    }

    private static func event(
        _ cursor: inout TokenCursor
    ) throws(TokenCursor.Mismatch) -> (TriggerDefinition.Event, [String]) {
        if cursor.take("INSERT") { return (.insert, []) }
        if cursor.take("DELETE") { return (.delete, []) }
        try cursor.expect("UPDATE")
        var columns: [String] = []
        if cursor.take("OF") {
            repeat { columns.append(try cursor.name()) } while cursor.takeSymbol(",")
        }
        return (.update, columns)
    }
}

extension TokenCursor {
    /// Takes a condition up to the `BEGIN` of a trigger: the one that a statement follows, since
    /// the word can also be a name.
    fileprivate mutating func untilBody() throws(Mismatch) -> [Token] {
        let starts = ["INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "WITH"]
        var tokens: [Token] = []
        while let token = peek() {
            if token.isWord("BEGIN"), let next = peek(1), starts.contains(where: next.isWord) {
                return tokens
            }
            tokens.append(try next())
        }
        throw mismatch("BEGIN")
    }
}
