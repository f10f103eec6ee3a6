// Owns which words SQLite knows (<https://sqlite.org/lang_keywords.html>) and which of them cannot
// be names without quotes.

public import SchemaCore

/// The words of SQLite's grammar.
enum Keywords {
    /// Words that are no names unless they are quoted, in capitals.
    static let reserved = words(
        """
        add all alter and as autoincrement between case check collate commit constraint create
        default deferrable delete distinct drop else escape except exists foreign from group having
        in index insert intersect into is isnull join limit not nothing notnull null on or order
        primary references returning select set table then to transaction union unique update using
        values when where
        """)

    /// Words that mean something else without quotes than with them, in capitals.
    static let special = words(
        "cast current_date current_time current_timestamp false raise true")

    /// All others, which can be names as they stand.
    static let unreserved = words(
        """
        abort action after always analyze asc attach before begin by cascade column conflict cross
        current database deferred desc detach do each end exclude exclusive explain fail filter
        first following for full generated glob groups if ignore immediate indexed initially inner
        instead key last left like match materialized natural no nulls of offset others outer over
        partition plan pragma preceding query range recursive regexp reindex release rename replace
        restrict right rollback row rows savepoint temp temporary ties trigger unbounded vacuum
        view virtual window with within without
        """)

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map { $0.uppercased() })
    }
}

extension SQLDialect {
    /// SQLite's: every keyword is quoted, since later versions reserve more of them.
    public static let sqlite = SQLDialect(
        reservedWords: Set(
            [Keywords.reserved, Keywords.special, Keywords.unreserved].joined()
                .map { $0.lowercased() }),
        escapesBackslash: false)
}
