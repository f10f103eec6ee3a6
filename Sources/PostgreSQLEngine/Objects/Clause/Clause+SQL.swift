import SchemaCore

extension ClauseDefinition {
    /// The statements that make it.
    func statements(_ id: ObjectID) -> [SQL] {
        let create: SQL = "CREATE \(id.reference)"
        switch sort {
        case .cast: return ["\(create) \(castMethod)\(castContext)"]
        case .conversion:
            let isDefault: SQL = has("default") ? "DEFAULT " : ""
            return [
                """
                CREATE \(isDefault)CONVERSION \(name: id.path) FOR \(literal("from")) \
                TO \(literal("to")) FROM \(sql("function"))
                """
            ]
        case .textSearchConfiguration:
            let parser: SQL = has("parser") ? sql("parser") : "pg_catalog.\(name: "default")"
            return ["\(create) (PARSER = \(parser))"]
                + mapped.map { mapping("ADD", $0, id) }
        case .operatorFamily: return [create] + (members.isEmpty ? [] : [adding(members, id)])
        case .operatorClass: return [operatorClass(id)]
        case .eventTrigger:
            var sql: SQL = "\(create) ON \(verbatim: values["event"] ?? VerbatimSQL(""))"
            if !members.isEmpty {
                sql += " WHEN TAG IN (\(members.map { "\(literal: $0.text)" as SQL }.joined(", ")))"
            }
            return ["\(sql) EXECUTE FUNCTION \(self.sql("function"))()"]
                + (has("enabled") ? [firing(id)] : [])
        case .foreignDataWrapper:
            return [
                """
                \(create)\(clause("HANDLER", "handler"))\
                \(clause("VALIDATOR", "validator"))\(options)
                """
            ]
        case .foreignServer:
            var sql = create
            if has("type") { sql += " TYPE \(literal("type"))" }
            if has("version") { sql += " VERSION \(literal("version"))" }
            return ["\(sql) FOREIGN DATA WRAPPER \(name("wrapper"))\(options)"]
        case .userMapping: return ["\(create)\(options)"]
        case .language: return [language(id, replacing: false)]
        case .transform: return [transform(id, replacing: false)]
        case .accessMethod:
            let type: SQL = values["for"]?.text == "table" ? "TABLE" : "INDEX"
            return ["\(create) TYPE \(type)\(clause("HANDLER", "handler"))"]
        case .subscription: return subscription(id)
        case .shellType: return [create]
        }
    }

    // MARK: - Values

    func has(_ name: String) -> Bool { values[name] != nil }

    func sql(_ name: String) -> SQL { "\(verbatim: values[name] ?? VerbatimSQL(""))" }

    func literal(_ name: String) -> SQL { "\(literal: values[name]?.text ?? "")" }

    private func name(_ field: String) -> SQL { "\(name: values[field]?.text ?? "")" }

    /// ` WORD value`, if there is one.
    private func clause(_ word: SQL, _ name: String) -> SQL {
        has(name) ? " \(word) \(sql(name))" : ""
    }

    private var options: SQL { OptionList.clause(texts) }

    // MARK: - Casts and what belongs to languages

    private var castMethod: SQL {
        if has("function") { return "WITH FUNCTION \(sql("function"))" }
        return values["method"]?.text == "binary" ? "WITHOUT FUNCTION" : "WITH INOUT"
    }

    private var castContext: SQL {
        switch values["context"]?.text {
        case "assignment": " AS ASSIGNMENT"
        case "implicit": " AS IMPLICIT"
        default: ""
        }
    }

    func language(_ id: ObjectID, replacing: Bool) -> SQL {
        let replace: SQL = replacing ? "OR REPLACE " : ""
        let trusted: SQL = has("trusted") ? "TRUSTED " : ""
        return """
            CREATE \(replace)\(trusted)\(id.reference)\(clause("HANDLER", "handler"))\
            \(clause("INLINE", "inline"))\(clause("VALIDATOR", "validator"))
            """
    }

    func transform(_ id: ObjectID, replacing: Bool) -> SQL {
        let replace: SQL = replacing ? "OR REPLACE " : ""
        let functions = [("fromSQL", "FROM SQL" as SQL), ("toSQL", "TO SQL")].compactMap {
            has($0) ? "\($1) WITH FUNCTION \(sql($0))" as SQL : nil
        }
        return "CREATE \(replace)\(id.reference) (\(functions.joined(", ")))"
    }

    /// When an event trigger fires.
    func firing(_ id: ObjectID) -> SQL {
        let words: SQL =
            switch values["enabled"]?.text {
            case "replica": "ENABLE REPLICA"
            case "always": "ENABLE ALWAYS"
            case "never": "DISABLE"
            default: "ENABLE"
            }
        return "ALTER \(id.reference) \(words)"
    }

    // MARK: - Text search

    /// The mappings in the order of the tokens' names.
    var mapped: [(token: String, dictionaries: String)] {
        texts.sorted { $0.key < $1.key }.map { ($0, $1) }
    }

    func mapping(
        _ verb: SQL, _ mapping: (token: String, dictionaries: String), _ id: ObjectID
    ) -> SQL {
        """
        ALTER \(id.reference) \(verb) MAPPING FOR \(name: mapping.token) \
        WITH \(verbatim: VerbatimSQL(mapping.dictionaries))
        """
    }

    // MARK: - Operator classes

    private func operatorClass(_ id: ObjectID) -> SQL {
        let isDefault: SQL = has("default") ? "DEFAULT " : ""
        var sql: SQL = "CREATE OPERATOR CLASS \(name: Array(id.path.prefix(2))) "
        sql += "\(isDefault)FOR TYPE \(self.sql("type")) USING \(name: id.name)"
        sql += clause("FAMILY", "family")
        var list = members.map { "\(verbatim: $0)" as SQL }
        // A class has to say something.
        if has("storage") || list.isEmpty {
            list.append("STORAGE \(has("storage") ? self.sql("storage") : self.sql("type"))")
        }
        return sql + " AS\n    \(list.joined(",\n    "))"
    }

    func adding(_ members: [VerbatimSQL], _ id: ObjectID) -> SQL {
        let list = members.map { "\(verbatim: $0)" as SQL }.joined(",\n    ")
        return "ALTER \(id.reference) ADD\n    \(list)"
    }

    // MARK: - Subscriptions

    /// Made without a word to the publisher: disabled, and with no slot of its own making.
    private func subscription(_ id: ObjectID) -> [SQL] {
        let publications = members.map { "\(name: $0.text)" as SQL }.joined(", ")
        var list: [SQL] = [
            "connect = false", "slot_name = \(literal: values["slot"]?.text ?? id.name)",
        ]
        list += mapped.map { "\(name: $0.token) = \(literal: $0.dictionaries)" }
        return [
            """
            \("CREATE \(id.reference)" as SQL) CONNECTION \(literal("connection")) \
            PUBLICATION \(publications) WITH (\(list.joined(", ")))
            """
        ]
    }
}
