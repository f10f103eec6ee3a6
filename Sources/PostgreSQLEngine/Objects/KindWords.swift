import SchemaCore

/// How statements and files speak of the objects of one kind. What follows from the kind and the
/// address alone stands here and nowhere else.
struct KindWords: Sendable {
    /// How an object is named behind the word.
    enum Reference: Sendable {
        /// Its path, with dots.
        case path
        /// Its name in the first schema of the path.
        case inSchema
        /// `name ON schema.table`.
        case onRelation
        /// `name ON DOMAIN schema.domain`.
        case onDomain
        /// `schema.name(type, type)`, as the address has it.
        case signature
        /// `schema.+(type, type)`, as the address has it.
        case operatorSignature
        /// `schema.name USING method`.
        case usingMethod
        /// `(type AS type)`.
        case cast
        /// `FOR type LANGUAGE name`.
        case transform
        /// `FOR role SERVER name`; the path has the server first.
        case userMapping
    }

    /// The word of `DROP`, `ALTER` and `COMMENT ON`: `TABLE`.
    let word: SQL
    /// What stands behind the word.
    let reference: Reference
    /// The folder, within that of its schema, into which `import` writes manifests of this kind;
    /// nil for what has none of its own.
    let folder: String?
    /// Whether the first name of the address is a schema.
    let isInSchema: Bool

    init(
        _ word: SQL, _ reference: Reference = .path, folder: String? = nil, isInSchema: Bool = true
    ) {
        self.word = word
        self.reference = reference
        self.folder = folder
        self.isInSchema = isInSchema
    }

    /// By kind: all that statements can name.
    static let all: [ObjectKind: KindWords] = [
        .schema: KindWords("SCHEMA", isInSchema: false),
        .extension: KindWords("EXTENSION", folder: "extensions", isInSchema: false),
        .table: KindWords("TABLE", folder: "tables"),
        .column: KindWords("COLUMN"),
        .constraint: KindWords("CONSTRAINT", .onRelation),
        .index: KindWords("INDEX"),
        .keyIndex: KindWords("INDEX", .inSchema),
        .enum: KindWords("TYPE", folder: "enums"),
        .sequence: KindWords("SEQUENCE", folder: "sequences"),
        .view: KindWords("VIEW", folder: "views"),
        .materializedView:
            KindWords("MATERIALIZED VIEW", folder: "materialized-views"),
        .function: KindWords("FUNCTION", .signature, folder: "functions"),
        .procedure: KindWords("PROCEDURE", .signature, folder: "procedures"),
        .trigger: KindWords("TRIGGER", .onRelation),
        .compositeType: KindWords("TYPE", folder: "types"),
        .domain: KindWords("DOMAIN", folder: "domains"),
        .domainConstraint: KindWords("CONSTRAINT", .onDomain),
        .policy: KindWords("POLICY", .onRelation),
        .rule: KindWords("RULE", .onRelation),
        .statistics: KindWords("STATISTICS"),
        .defaultPrivileges:
            KindWords("DEFAULT PRIVILEGES", folder: "default-privileges", isInSchema: false),
        .rowSecurity: KindWords("TABLE"),
        .replicaIdentity: KindWords("TABLE"),
        .clustering: KindWords("TABLE"),
        .foreignTable: KindWords("FOREIGN TABLE", folder: "foreign-tables"),
        .publication: KindWords("PUBLICATION", folder: "publications", isInSchema: false),
        .data: KindWords("TABLE"),
        .statement: KindWords("STATEMENT", isInSchema: false),
        .role: KindWords("ROLE", folder: "roles", isInSchema: false),
        .derivedColumn: KindWords("COLUMN"),
        .columnSettings: KindWords("COLUMN"),
        .part: KindWords("INDEX"),
        .foreignKeyPart: KindWords("CONSTRAINT"),
        ParameterizedDefinition.Sort.aggregate.kind:
            KindWords("AGGREGATE", .signature, folder: "aggregates"),
        ParameterizedDefinition.Sort.rangeType.kind: KindWords("TYPE", folder: "types"),
        BaseTypes.kind: KindWords("TYPE", folder: "types"),
        ParameterizedDefinition.Sort.collation.kind: KindWords("COLLATION", folder: "collations"),
        ParameterizedDefinition.Sort.operator.kind:
            KindWords("OPERATOR", .operatorSignature, folder: "operators"),
        ParameterizedDefinition.Sort.textSearchDictionary.kind:
            KindWords("TEXT SEARCH DICTIONARY", folder: "text-search"),
        ParameterizedDefinition.Sort.textSearchTemplate.kind:
            KindWords("TEXT SEARCH TEMPLATE", folder: "text-search"),
        ParameterizedDefinition.Sort.textSearchParser.kind:
            KindWords("TEXT SEARCH PARSER", folder: "text-search"),
    ].merging(clauses) { $1 }
}

extension KindWords {
    /// Those of what is made of clauses.
    private static let clauses: [ObjectKind: KindWords] = Dictionary(
        uniqueKeysWithValues: ClauseDefinition.Sort.allCases.map { ($0.kind, words($0)) })

    private static func words(_ sort: ClauseDefinition.Sort) -> KindWords {
        switch sort {
        case .cast: KindWords("CAST", .cast, folder: "casts", isInSchema: false)
        case .conversion: KindWords("CONVERSION", folder: "conversions")
        case .textSearchConfiguration:
            KindWords("TEXT SEARCH CONFIGURATION", folder: "text-search")
        case .operatorFamily: KindWords("OPERATOR FAMILY", .usingMethod, folder: "operator-classes")
        case .operatorClass: KindWords("OPERATOR CLASS", .usingMethod, folder: "operator-classes")
        case .eventTrigger:
            KindWords("EVENT TRIGGER", folder: "event-triggers", isInSchema: false)
        case .foreignDataWrapper:
            KindWords("FOREIGN DATA WRAPPER", folder: "foreign-data-wrappers", isInSchema: false)
        case .foreignServer: KindWords("SERVER", folder: "foreign-servers", isInSchema: false)
        case .userMapping:
            KindWords("USER MAPPING", .userMapping, folder: "user-mappings", isInSchema: false)
        case .language: KindWords("LANGUAGE", folder: "languages", isInSchema: false)
        case .transform: KindWords("TRANSFORM", .transform, folder: "transforms", isInSchema: false)
        case .accessMethod:
            KindWords("ACCESS METHOD", folder: "access-methods", isInSchema: false)
        case .subscription:
            KindWords("SUBSCRIPTION", folder: "subscriptions", isInSchema: false)
        case .shellType: KindWords("TYPE", folder: "types")
        }
    }
}

extension ObjectID {
    /// How statements speak of objects of this kind; nil for what no statement names.
    var words: KindWords? { KindWords.all[kind] }

    /// The word and what stands behind it: `TABLE app.users`.
    ///
    /// It is a programming error to ask for what no statement names.
    var reference: SQL {
        guard let words else { preconditionFailure("no statement names \(self)") }
        return "\(words.word) \(shortReference)"
    }

    /// An operator with its schema; its name is made of signs, which nobody quotes.
    var operatorName: SQL { "\(name: path[0]).\(verbatim: VerbatimSQL(path[1]))" }

    /// What stands behind the word.
    var shortReference: SQL {
        switch words?.reference {
        case .path, nil: "\(name: path)"
        case .inSchema: "\(name: [path[0], name])"
        case .onRelation: "\(name: name) ON \(name: Array(path.dropLast()))"
        case .onDomain: "\(name: name) ON DOMAIN \(name: Array(path.dropLast()))"
        // The types of the arguments are text of the server or of the manifest, carried whole.
        case .signature: "\(name: Array(path.prefix(2)))\(verbatim: VerbatimSQL(path[2]))"
        case .operatorSignature: "\(operatorName) \(verbatim: VerbatimSQL(path[2]))"
        case .usingMethod: "\(name: Array(path.prefix(2))) USING \(name: path[2])"
        case .cast: "(\(verbatim: VerbatimSQL(path[0])) AS \(verbatim: VerbatimSQL(path[1])))"
        case .transform: "FOR \(verbatim: VerbatimSQL(path[0])) LANGUAGE \(name: path[1])"
        case .userMapping:
            path[1] == "public"
                ? "FOR PUBLIC SERVER \(name: path[0])"
                : "FOR \(name: path[1]) SERVER \(name: path[0])"
        }
    }
}
