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

    /// The type as one name among those that the server knows it by, without a length, which
    /// arguments have not: `int4` and `integer` are one. Names of other types stay as they are.
    var argumentType: String {
        var name = text.lowercased().split { $0.isWhitespace }.joined(separator: " ")
        let array = name.hasSuffix("[]") ? "[]" : ""
        while name.hasSuffix("[]") { name = name.dropLast(2).trimmingSuffix(" ") }
        if let open = name.firstIndex(of: "("), let close = name.firstIndex(of: ")"), open < close {
            let rest = name[name.index(after: close)...]
            name = name[..<open].trimmingSuffix(" ") + rest
        }
        if name.hasPrefix("pg_catalog.") { name.removeFirst("pg_catalog.".count) }
        return Self.names[name].map { $0 + array } ?? text
    }

    /// The types that have more than one name, by each of them.
    private static let names: [String: String] = {
        let groups = [
            ["integer", "int", "int4"], ["bigint", "int8"], ["smallint", "int2"],
            ["double precision", "float8"], ["real", "float4"], ["boolean", "bool"],
            ["numeric", "decimal", "dec"], ["text"], ["character", "char", "bpchar"],
            ["varchar", "character varying", "char varying"], ["varbit", "bit varying"],
            ["timestamptz", "timestamp with time zone"],
            ["timestamp", "timestamp without time zone"],
            ["timetz", "time with time zone"], ["time", "time without time zone"],
        ]
        return Dictionary(
            groups.flatMap { group in group.map { ($0, group[0]) } }, uniquingKeysWith: { $1 })
    }()

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

extension StringProtocol {
    fileprivate func trimmingSuffix(_ character: Character) -> String {
        var out = String(self)
        while out.last == character { out.removeLast() }
        return out
    }
}
