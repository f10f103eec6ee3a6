// Owns what is known of a type change: whether every value survives it. What is not known to
// survive may be lost. `TypeChangeTests` holds the table to real servers.

import Planning
import SchemaCore

/// What a type change does to values.
struct TypeChange {
    let from: TypeForm
    let to: TypeForm
    /// Whether the scratch server wrote the storage anew.
    let rewrites: Bool
    let isSameCollation: Bool

    /// What becomes of the values.
    enum Fate: Equatable {
        /// Every one is the same afterwards.
        case kept
        /// Which moment one means follows from a time zone.
        case moved
        /// They are text that other rules compare.
        case comparedAnew
        /// Some change, are cut, or cannot be converted.
        case lossy
    }

    var fate: Fate {
        if from.name == to.name && from.origin == to.origin && from.isArray == to.isArray {
            return keepsModifier ? .kept : .lossy
        }
        if isCaseInsensitive { return to.modifier == nil ? .comparedAnew : .lossy }
        if isPrinted { return .kept }
        guard from.origin == .server, to.origin == .server, from.isArray == to.isArray else {
            return .lossy
        }
        if Self.zoned.contains(where: { $0.contains(from.name) && $0.contains(to.name) }) {
            return .moved
        }
        if to.name == "numeric", let room = Self.digits[from.name] {
            return to.holds(digits: room) ? .kept : .lossy
        }
        return to.modifier == nil && Self.widenings[from.name]?.contains(to.name) == true
            ? .kept : .lossy
    }

    /// What happens to data.
    var data: DataClass {
        switch fate {
        case .kept, .comparedAnew: .kept
        case .moved, .lossy: .lossy
        }
    }

    /// Whether the way back keeps every value that the new type lets in, those written since too.
    var isSafeBack: Bool {
        // The storage is as it was; whether the server would look at it again is not known.
        let back = TypeChange(from: to, to: from, rewrites: true, isSameCollation: isSameCollation)
        return back.data == .kept
    }

    /// Whether the stored values stay as they are and only more are allowed.
    var isLoosening: Bool { !rewrites && fate == .kept && isSameCollation }

    /// Whether what was equal may differ now, or the other way round.
    var changesEquality: Bool { fate == .comparedAnew || !isSameCollation }

    // MARK: - The table

    /// The same type: the server keeps the storage where the modifier lets more through.
    private var keepsModifier: Bool {
        if from.modifier == to.modifier || !rewrites { return true }
        switch to.name {
        case "numeric":
            guard let old = from.precision else { return to.modifier == nil }
            return to.holds(digits: old.whole, fraction: old.fraction)
        case "varchar", "bpchar", "varbit":
            guard let new = to.modifier else { return to.name != "bpchar" }
            return from.modifier.map { $0 <= new } ?? false
        case "time", "timetz", "timestamp", "timestamptz":
            guard let new = to.modifier else { return true }
            return from.modifier.map { $0 <= new } ?? false
        default: return false
        }
    }

    private var isCaseInsensitive: Bool {
        func isCitext(_ type: TypeForm) -> Bool {
            type.origin == .extension && type.name == "citext"
        }
        func isText(_ type: TypeForm) -> Bool {
            type.origin == .server && ["text", "varchar"].contains(type.name)
        }
        return from.isArray == to.isArray
            && (isCitext(from) && isText(to) || isText(from) && isCitext(to))
    }

    /// Whether the new type is text without a limit, and the old one's text says all of a value.
    private var isPrinted: Bool {
        guard to.origin == .server, ["text", "varchar"].contains(to.name), to.modifier == nil,
            from.isArray || !to.isArray
        else { return false }
        switch from.origin {
        case .enumeration: return true
        case .server: return Self.printed.contains(from.name)
        case .extension, .user: return false
        }
    }

    /// Types between which the server converts by the session's time zone.
    private static let zoned: [Set<String>] = [
        ["timestamp", "timestamptz"], ["date", "timestamptz"], ["time", "timetz"],
        ["time", "timestamptz"], ["timetz", "timestamptz"],
    ]

    /// The most digits of whole numbers.
    private static let digits = ["int2": 5, "int4": 10, "int8": 19]

    /// Every value of the first type has one of its own in the others.
    static let widenings: [String: Set<String>] = [
        "int2": ["int4", "int8", "float4", "float8"],
        "int4": ["int8", "float8"],
        "oid": ["int8"],
        "float4": ["float8"],
        "bool": ["int4"],
        "date": ["timestamp"],
        "time": ["interval"],
        "cidr": ["inet"],
        "macaddr": ["macaddr8"],
        "jsonb": ["json"],
        "bit": ["varbit"],
        "text": ["varchar"],
        "varchar": ["text"],
    ]

    /// Types whose text leads back to the same value.
    static let printed: Set<String> = [
        "int2", "int4", "int8", "numeric", "float4", "float8", "bool", "oid", "regclass", "name",
        "uuid", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "inet", "cidr",
        "macaddr", "macaddr8", "json", "jsonb", "xml", "bytea", "bit", "varbit", "tsvector",
        "tsquery", "int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange",
        "pg_lsn", "text", "varchar",
    ]
}

extension TypeForm {
    /// The modifier without the four bytes of a length that the server adds.
    var limit: Int? { modifier.map { $0 - 4 } }

    /// The digits of a `numeric`: those before and those behind the point.
    var precision: (whole: Int, fraction: Int)? {
        guard let limit else { return nil }
        // numeric.c: the precision above, eleven bits of scale with its sign below.
        let scale = ((limit & 0x7ff) ^ 1024) - 1024
        return (((limit >> 16) & 0xffff) - scale, scale)
    }

    /// Whether it holds every number with so many digits before and behind the point.
    func holds(digits: Int, fraction: Int = 0) -> Bool {
        guard let precision else { return true }
        return precision.whole >= digits && precision.fraction >= fraction
    }
}

// On which values the conversion fails, as far as a query can tell without failing itself.
extension TypeChange {
    /// A condition on rows; nil where none is known.
    func failure(
        of column: SQL, needsCast: Bool, to type: VerbatimSQL, majorVersion: Int
    ) -> SQL? {
        guard from.origin == .server else { return nil }
        if from.isArray, to.isArray, to.origin == .server,
            let condition = refusal(of: "element", needsCast: needsCast)
        {
            return """
                EXISTS (SELECT FROM pg_catalog.unnest(\(column)) AS elements(element) \
                WHERE \(condition))
                """
        }
        if !from.isArray, to.origin == .server && !to.isArray {
            if let condition = refusal(of: column, needsCast: needsCast) { return condition }
            if ["varchar", "bpchar"].contains(to.name) { return nil }
        }
        // What is only cut to another modifier does not fail.
        if from.name == to.name && from.origin == to.origin && from.isArray == to.isArray {
            return nil
        }
        // The server can be asked without an error from this version on; before it, and where no
        // text is read, the conversion itself is asked: it fails on what it refuses.
        let isRead = to.isArray || to.origin != .server || !Self.unasked.contains(to.name)
        guard majorVersion >= 16, isRead, !from.isArray, ["text", "varchar"].contains(from.name)
        else { return "pg_catalog.num_nulls(\(column)::\(verbatim: type)) > 1" }
        return "NOT pg_catalog.pg_input_is_valid(\(column)::text, \(literal: type.text))"
    }

    /// A condition on values, or on elements of arrays, between types of the server.
    private func refusal(of value: SQL, needsCast: Bool) -> SQL? {
        let isText = ["text", "varchar", "bpchar", "name"].contains(from.name)
        switch to.name {
        case "varchar", "bpchar":
            // A cast that is named cuts; an assignment cuts nothing but blanks.
            guard isText, !needsCast, let limit = to.limit else { return nil }
            let length: SQL = "pg_catalog.char_length(pg_catalog.rtrim(\(value)::text))"
            return "\(length) > \(Self.number("\(limit)"))"
        case "int2", "int4", "int8":
            guard Self.exact.contains(from.name), let range = Self.ranges[to.name] else {
                return nil
            }
            let least = Self.number("\(range.lowerBound)")
            let most = Self.number("\(range.upperBound)")
            return "pg_catalog.round(\(value)::numeric) NOT BETWEEN \(least) AND \(most)"
        case "numeric":
            guard Self.exact.contains(from.name), let room = to.precision else { return nil }
            let places = Self.number("\(room.fraction)")
            let rounded: SQL = "pg_catalog.round(\(value)::numeric, \(places))"
            let least = Self.number("1e\(room.whole)")
            return "\(value)::numeric <> 'NaN' AND pg_catalog.abs(\(rounded)) >= \(least)"
        default: return nil
        }
    }

    private static func number(_ digits: String) -> SQL { "\(verbatim: VerbatimSQL(digits))" }

    private static let exact: Set<String> = ["int2", "int4", "int8", "numeric"]
    private static let ranges: [String: ClosedRange<Int64>] = [
        "int2": -32_768...32_767, "int4": -2_147_483_648...2_147_483_647,
        "int8": .min ... .max,
    ]
    /// Types to which text is not converted by what reads them.
    private static let unasked: Set<String> = ["text", "char", "name", "xml", "regclass"]
}
