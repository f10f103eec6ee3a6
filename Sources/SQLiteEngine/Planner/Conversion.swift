// Owns what becomes of a column's values when they are copied into a column of another type.
// Invariant: whether a copy may lose or refuse values follows from the two columns alone; how many
// it concerns is asked by queries that change nothing.

internal import SchemaCore

/// What a column does to the values that it gets (<https://sqlite.org/datatype3.html>, section 3),
/// and which it refuses (<https://sqlite.org/stricttables.html>).
struct ColumnStorage: Hashable {
    /// The storage class that a column prefers.
    enum Affinity: String { case none = "BLOB", text = "TEXT", numeric = "NUMERIC", real = "REAL" }
    /// The storage classes of values, NULL aside.
    enum Class: Hashable, CaseIterable { case integer, real, text, blob }

    let affinity: Affinity
    /// The only class that is kept; nil if any is.
    let only: Class?

    /// - Parameter isRowID: whether it is the rowid itself, which takes integers alone.
    init(_ column: ColumnDefinition, isStrict: Bool, isRowID: Bool = false) {
        let type = column.type
        if isStrict {
            switch type {
            case "INT", "INTEGER": (affinity, only) = (.numeric, .integer)
            case "REAL": (affinity, only) = (.real, .real)
            case "TEXT": (affinity, only) = (.text, .text)
            case "BLOB": (affinity, only) = (.none, .blob)
            default: (affinity, only) = (.none, nil)
            }
            return
        }
        affinity = Self.affinity(of: type)
        only = isRowID ? .integer : nil
    }

    /// Of a value that no column has had yet.
    static let any = ColumnStorage(ColumnDefinition(name: ""), isStrict: false)

    /// Section 3.1 of the manual's page, with INTEGER and NUMERIC as one: they differ in CAST only.
    private static func affinity(of type: String) -> Affinity {
        func has(_ word: String) -> Bool { type.contains(word) }
        if has("INT") { return .numeric }
        if has("CHAR") || has("CLOB") || has("TEXT") { return .text }
        if has("BLOB") || type.isEmpty { return .none }
        return has("REAL") || has("FLOA") || has("DOUB") ? .real : .numeric
    }

    /// The classes that values in such a column may have.
    var classes: Set<Class> {
        if let only { return [only] }
        switch affinity {
        case .none, .numeric: return Set(Class.allCases)
        case .text: return [.text, .blob]
        case .real: return [.real, .text, .blob]
        }
    }

    /// Whether its text may read as a number.
    var holdsNumbersAsText: Bool {
        switch affinity {
        case .none, .text: classes.contains(.text)
        case .numeric, .real: false
        }
    }
}

/// What happens to the values of one column that are copied into another.
struct Conversion {
    let from: ColumnStorage
    let to: ColumnStorage
    /// The column as the old table has it.
    let value: SQL

    /// Whether some values get another storage class.
    var changesValues: Bool { from.affinity != to.affinity && to.affinity != .none }

    /// What of the values may be lost, for people; nil if nothing can be.
    var loss: String? {
        switch to.affinity {
        case .none: return nil
        case .numeric:
            return from.holdsNumbersAsText
                ? "the spelling of numbers in text ('007' becomes 7)" : nil
        case .text:
            return from.classes.contains(.real) ? "digits of reals behind the fifteenth" : nil
        case .real:
            let wholes = from.classes.contains(.integer)
            guard wholes || from.holdsNumbersAsText else { return nil }
            return "digits of integers beyond 2^53 and the spelling of numbers in text"
        }
    }

    /// What running code notices.
    var notice: String? {
        guard changesValues else { return nil }
        switch to.affinity {
        case .none: return nil
        case .numeric: return "text in it that reads as a number is stored as a number"
        case .text: return "numbers in it are stored as text"
        case .real: return "integers, and text that reads as a number, are stored as reals"
        }
    }

    /// Whether the new column may refuse values.
    var mayFail: Bool {
        switch to.only {
        case nil: return false
        case .integer: return from.classes != [.integer]
        case .real: return !from.classes.isSubset(of: [.integer, .real])
        case .text: return from.classes.contains(.blob)
        case .blob: return from.classes != [.blob]
        }
    }

    private var isNumber: SQL { "\(value) = CAST(\(value) AS NUMERIC)" }

    /// The condition of a value that the copy does not keep.
    var isLost: SQL {
        let spelling: SQL = """
            (typeof(\(value)) = 'text' AND \(isNumber) AND \
            CAST(CAST(\(value) AS NUMERIC) AS TEXT) <> CAST(\(value) AS TEXT) COLLATE BINARY)
            """
        switch to.affinity {
        case .none: return "0"
        case .numeric: return spelling
        case .text:
            return
                "(typeof(\(value)) = 'real' AND CAST(CAST(\(value) AS TEXT) AS REAL) <> \(value))"
        case .real:
            return """
                (\(spelling) OR typeof(\(value)) = 'integer' \
                AND CAST(\(value) AS REAL) <> \(value))
                """
        }
    }

    /// The condition of a value that the new column refuses.
    var isRefused: SQL {
        let fits: SQL
        switch to.only {
        case nil: fits = "1"
        case .integer: fits = "\(value) = CAST(CAST(\(value) AS NUMERIC) AS INTEGER)"
        case .real: fits = isNumber
        case .text: fits = "typeof(\(value)) <> 'blob'"
        case .blob: fits = "typeof(\(value)) = 'blob'"
        }
        return "(\(value) IS NOT NULL AND NOT (\(fits)))"
    }

    /// The value as the new column keeps it.
    var converted: SQL {
        guard changesValues else { return value }
        switch to.affinity {
        case .none: return value
        case .text:
            return """
                CASE WHEN typeof(\(value)) IN ('integer', 'real') \
                THEN CAST(\(value) AS TEXT) ELSE \(value) END
                """
        case .numeric:
            return """
                CASE WHEN typeof(\(value)) = 'text' AND \(isNumber) \
                THEN CAST(\(value) AS NUMERIC) \
                WHEN typeof(\(value)) = 'real' AND \(value) = CAST(\(value) AS INTEGER) \
                THEN CAST(\(value) AS INTEGER) ELSE \(value) END
                """
        case .real:
            return """
                CASE WHEN typeof(\(value)) IN ('integer', 'text') AND \(isNumber) \
                THEN CAST(\(value) AS REAL) ELSE \(value) END
                """
        }
    }
}
