import SchemaCore

extension VerbatimSQL {
    /// For a type as the server prints it, the short word that people write, where there is one:
    /// `varchar(20)` for `character varying(20)`.
    ///
    /// With an empty search path the server prints these names for its own types only.
    var shortType: String {
        for (long, short) in Self.spellings {
            guard text.hasPrefix(long.before) else { continue }
            let rest = text.dropFirst(long.before.count)
            let length = rest.first == "(" ? rest.prefix { $0 != ")" } + ")" : ""
            let behind = rest.dropFirst(length.count)
            guard behind.hasPrefix(long.behind) else { continue }
            let array = behind.dropFirst(long.behind.count)
            if array.allSatisfy({ $0 == "[" || $0 == "]" }) { return short + length + array }
        }
        return text
    }

    /// What stands before and behind a length or precision.
    private static let spellings: [((before: String, behind: String), String)] = [
        (("character varying", ""), "varchar"),
        (("timestamp", " with time zone"), "timestamptz"),
        (("timestamp", " without time zone"), "timestamp"),
        (("time", " with time zone"), "timetz"),
        (("time", " without time zone"), "time"),
        (("bit varying", ""), "varbit"),
    ]
}
