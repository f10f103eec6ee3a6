import SchemaCore

/// What roles can be allowed to do with objects of one sort, and what everybody may from the start
/// (PostgreSQL manual, "Privileges").
enum AccessSort: String, CaseIterable, Sendable {
    case relation, column, sequence, routine, type, schema, language, foreignDataWrapper,
        foreignServer

    /// The sort of the objects of a kind; nil for what has no rights of its own.
    init?(_ kind: ObjectKind) {
        guard let sort = Self.byKind[kind.rawValue] else { return nil }
        self = sort
    }

    private static let byKind: [String: AccessSort] = [
        "table": .relation, "view": .relation, "materializedView": .relation,
        "foreignTable": .relation, "column": .column, "sequence": .sequence,
        "function": .routine, "procedure": .routine, "aggregate": .routine,
        "windowFunction": .routine, "enum": .type, "compositeType": .type, "domain": .type,
        "rangeType": .type, "baseType": .type, "schema": .schema, "language": .language,
        "foreignDataWrapper": .foreignDataWrapper, "foreignServer": .foreignServer,
    ]

    /// All that the server knows for it, in the order of the manual.
    func privileges(major: Int) -> [String] {
        switch self {
        case .relation:
            ["select", "insert", "update", "delete", "truncate", "references", "trigger"]
                + (major >= 17 ? ["maintain"] : [])
        case .column: ["select", "insert", "update", "references"]
        case .sequence: ["select", "update", "usage"]
        case .routine: ["execute"]
        case .schema: ["create", "usage"]
        case .type, .language, .foreignDataWrapper, .foreignServer: ["usage"]
        }
    }

    /// What every role may do with a new one.
    var ofEverybody: [String] {
        switch self {
        case .routine: ["execute"]
        case .type, .language: ["usage"]
        case .relation, .column, .sequence, .schema, .foreignDataWrapper, .foreignServer: []
        }
    }

    /// The word behind `ON`.
    var word: SQL {
        switch self {
        case .relation, .column: "TABLE"
        case .sequence: "SEQUENCE"
        case .routine: "ROUTINE"
        case .type: "TYPE"
        case .schema: "SCHEMA"
        case .language: "LANGUAGE"
        case .foreignDataWrapper: "FOREIGN DATA WRAPPER"
        case .foreignServer: "FOREIGN SERVER"
        }
    }

    /// How `GRANT` names an object.
    func target(_ id: ObjectID) -> SQL {
        switch self {
        case .column: "\(word) \(name: Array(id.path.prefix(2)))"
        case .routine where id.kind.rawValue == "aggregate":
            "\(word) \(name: Array(id.path.prefix(2)))\(verbatim: Self.types(id.path[2]))"
        case .relation, .sequence, .routine, .type, .schema, .language, .foreignDataWrapper,
            .foreignServer:
            "\(word) \(id.shortReference)"
        }
    }

    /// The types of an aggregate's arguments in one list: `GRANT` knows neither `*` nor the order
    /// of an ordered-set aggregate, which the address has.
    private static func types(_ signature: String) -> VerbatimSQL {
        if signature == "(*)" { return VerbatimSQL("()") }
        let order = "ORDER BY "
        guard let range = signature.firstRange(of: order) else { return VerbatimSQL(signature) }
        let direct = signature[..<range.lowerBound].dropFirst()
        let ordered = signature[range.upperBound...]
        let isOnly = direct.allSatisfy(\.isWhitespace)
        return VerbatimSQL(isOnly ? "(\(ordered)" : "(\(direct.dropLast()), \(ordered)")
    }
}

extension ObjectKind {
    /// Whether objects of the kind belong to a role that can be changed by itself.
    var hasOwner: Bool { Self.owned.contains(rawValue) }

    private static let owned: Set<String> = [
        "schema", "table", "view", "materializedView", "foreignTable", "sequence", "function",
        "procedure", "aggregate", "windowFunction", "enum", "compositeType", "domain", "rangeType",
        "baseType", "collation", "conversion", "operator", "operatorClass", "operatorFamily",
        "textSearchDictionary", "textSearchConfiguration", "statistics", "language",
        "foreignDataWrapper", "foreignServer", "eventTrigger", "publication", "subscription",
    ]
}
