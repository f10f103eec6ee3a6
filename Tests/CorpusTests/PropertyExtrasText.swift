// Owns writing the extras of a random schema as manifests.

import TestSupport

extension WorldText {
    /// The document of an extra; nil if it stands in another's.
    func document(of extra: ExtraModel) -> String? {
        let more = [
            extra.sort.isRenamed
                ? extra.sort.isInSchema
                    ? renamedItem(extra.id) : renamedPart(extra.id, extra.name) : nil,
            field("comment", extra.comment), rights(extra.id, extra.sort.rights),
        ]
        let (kind, fields): (String, [String?])
        switch extra.sort {
        case .domain, .composite, .range: (kind, fields) = type(extra)
        case .triggerFunction, .rowFunction, .typeFunction, .setFunction, .eventFunction,
            .comparison, .procedure, .aggregate, .operator:
            (kind, fields) = routine(extra)
        case .starred, .counting, .caller: (kind, fields) = ("View", [query(extra)])
        case .child, .typed, .parted, .partition, .foreignTable: (kind, fields) = relation(extra)
        case .trigger, .policy, .rule, .statistics: return nil
        case .cast, .wrapper, .server, .mapping, .publication, .eventTrigger, .defaultPrivileges:
            (kind, fields) = ofDatabase(extra)
        case .dictionary, .configuration, .conversion: (kind, fields) = other(extra)
        }
        let hasName = ![.cast, .mapping, .defaultPrivileges].contains(extra.sort)
        return document(
            kind, hasName ? extra.name : nil,
            extra.sort.isInSchema || extra.sort == .defaultPrivileges ? extra.schema : nil,
            fields + more + parts(of: extra.id))
    }

    /// The fields for what stands in the document of a relation.
    func parts(of host: Int) -> [String?] {
        func all(_ name: String, _ sort: ExtraModel.Sort, _ write: (ExtraModel) -> String)
            -> String?
        {
            block(
                name,
                world.extras(sort, of: host).map { "\(yaml($0.name)): \(write($0))" })
        }
        return [
            all("triggers", .trigger, trigger), all("policies", .policy, policy),
            all("rules", .rule, rule), all("statistics", .statistics, statistics),
        ]
    }

    /// What is declared of rights and owner.
    func rights(_ id: Int, _ rights: World.Rights?) -> String? {
        guard let rights else { return nil }
        var fields: [String] = []
        if let variant = world.grants[id] {
            let choices: [String]
            switch rights {
            case .relation:
                choices = [
                    "property_reader: select", "property_reader: [select, insert]",
                    "property_writer: all, property_reader: { privileges: update, "
                        + "withGrantOption: select }", "public: select",
                ]
            case .routine:
                choices = [
                    "public: execute", "public: execute, property_reader: execute",
                    "public: execute, property_writer: { withGrantOption: execute }",
                    "public: execute, property_reader: all",
                ]
            case .type:
                choices = [
                    "public: usage", "public: usage, property_reader: usage",
                    "property_writer: { withGrantOption: usage }", "property_reader: all",
                ]
            case .sequence:
                choices = [
                    "property_reader: usage", "property_reader: [select, update]",
                    "public: all", "property_writer: { withGrantOption: usage }",
                ]
            case .schema:
                choices = [
                    "property_reader: usage", "property_writer: all, public: usage",
                    "public: usage", "property_writer: { withGrantOption: [usage, create] }",
                ]
            }
            fields.append("grants: { \(choices[variant % choices.count]) }")
        }
        if world.owned.contains(id) { fields.append("owner: property_writer") }
        return fields.isEmpty ? nil : fields.joined(separator: "\n")
    }

    // MARK: - Types and routines

    private func type(_ extra: ExtraModel) -> (String, [String?]) {
        let variant = extra.variant
        switch extra.sort {
        case .composite:
            return ("CompositeType", [block("attributes", extra.parts.map(attribute))])
        case .range:
            let types = ["integer", "text", "double precision"]
            return ("RangeType", ["parameters: { subtype: \(types[variant % 3]) }"])
        default:
            let function = extra.subjects.first.map(names.qualified)
            let check =
                function.map { "\($0)((value)::integer)" }
                ?? ["value is not null or true", "value <> '77'", ""][variant / 3 % 3]
            let base = ["text", "integer", "varchar(9)"][variant % 3]
            return (
                "Domain",
                [
                    "type: \(function == nil ? base : "integer")",
                    check.isEmpty ? nil : "checks: { \"ck\(extra.id)\": \(yaml(check)) }",
                    variant % 5 == 0 ? "default: \"'5'\"" : nil,
                    flag("notNull", variant % 7 == 0),
                ]
            )
        }
    }

    private func attribute(_ part: ExtraModel.Part) -> String {
        let fields = [
            "type: \(yaml(names.type(part.type)))", field("comment", part.comment),
        ]
        return "\(yaml(part.name)): \(flow(fields))"
    }

    private func column(_ part: ExtraModel.Part, isKey: Bool) -> String {
        let fields = [
            "type: \(yaml(names.type(part.type)))", flag("nullable", !isKey),
            renamedPart(part.id, part.name), field("comment", part.comment),
        ]
        return "\(yaml(part.name)): \(flow(fields))"
    }

    private func routine(_ extra: ExtraModel) -> (String, [String?]) {
        let (variant, subject) = (extra.variant, extra.subjects.first)
        let item = subject.map(names.qualified) ?? ""
        func function(_ fields: String...) -> (String, [String?]) { ("Function", fields) }
        switch extra.sort {
        case .triggerFunction, .eventFunction:
            let result = extra.sort == .triggerFunction ? "trigger" : "event_trigger"
            let body = result == "trigger" ? "return new;" : "null;"
            return function(
                "returns: \(result)", "language: plpgsql",
                "body: \(yaml("begin\n  -- \(variant)\n  \(body)\nend"))")
        case .rowFunction:
            return function(
                "arguments: [\(yaml(item))]", "returns: text", "language: sql",
                "volatility: \(variant % 2 == 0 ? "stable" : "immutable")",
                "body: \(yaml("select '\(variant)' || ($1 is null)::text"))")
        case .typeFunction:
            return function(
                "arguments: { \(variant % 3 == 0 ? "a" : "b"): \(yaml(item)) }",
                "returns: boolean", "language: sql", "volatility: immutable",
                "body: \(yaml("select $1 is not null or \(variant) >= 0"))")
        case .comparison:
            return function(
                "arguments: [\(yaml(item)), \(yaml(item))]", "returns: boolean",
                "language: sql", "volatility: immutable",
                "body: \(yaml("select $1::text = $2::text or \(variant) > 0"))")
        case .setFunction:
            let query = "select * from \(item)"
            return function(
                "returns: \(yaml("setof \(item)"))", "volatility: stable",
                "rows: \(variant + 1)", "language: sql",
                variant % 2 == 0
                    ? "body: \(yaml(query))" : "sqlBody: \(yaml("begin atomic \(query); end"))")
        case .procedure:
            let query = subject == nil ? "select \(variant)" : "delete from \(item) where false"
            return (
                "Procedure",
                [
                    "arguments: { a: integer, b: { type: text, default: \"'\(variant)'\" } }",
                    "language: sql",
                    variant % 2 == 0
                        ? "body: \(yaml(query))"
                        : "sqlBody: \(yaml("begin atomic \(query); end"))",
                ]
            )
        case .aggregate:
            let function = variant % 2 == 0 ? "int4larger" : "int4pl"
            let start = variant % 3 == 0 ? "" : ", initcond: \"'\(variant)'\""
            return (
                "Aggregate",
                [
                    "arguments: integer",
                    "parameters: { sfunc: \(function), stype: integer\(start) }",
                ]
            )
        default:
            let type = subject.flatMap(world.extra)?.subjects.first.map(names.qualified) ?? ""
            return (
                "Operator",
                [
                    "parameters: "
                        + flow([
                            "function: \(yaml(item))", "leftarg: \(yaml(type))",
                            "rightarg: \(yaml(type))",
                            variant % 2 == 0 ? "restrict: eqsel" : nil,
                        ])
                ]
            )
        }
    }

    // MARK: - Relations

    private func query(_ extra: ExtraModel) -> String {
        let subject = extra.subjects[0]
        let item = names.items[subject].map { _ in names.qualified(subject) } ?? ""
        let query: String
        switch extra.sort {
        case .starred: query = "SELECT * FROM \(item)"
        case .counting: query = "SELECT count(*) AS n, \(extra.variant) AS v FROM \(item)"
        default: query = "SELECT \(call(subject, item)), \(extra.variant) AS v"
        }
        return "query: \(yaml(query))"
    }

    /// An expression that needs the subject.
    private func call(_ subject: Int, _ item: String) -> String {
        guard let extra = world.extra(subject) else { return "null::\(item) AS c" }
        func typed(_ id: Int?) -> String { "null::\(id.map(names.qualified) ?? "")" }
        switch extra.sort {
        case .rowFunction, .typeFunction: return "\(item)(\(typed(extra.subjects.first))) AS c"
        case .comparison:
            let value = typed(extra.subjects.first)
            return "\(item)(\(value), \(value)) AS c"
        case .operator:
            let value = typed(world.extra(extra.subjects[0])?.subjects.first)
            let schema = quotedName(names.schemas[extra.schema] ?? "")
            return "(\(value)) OPERATOR(\(schema).\(extra.name)) (\(value)) AS c"
        case .setFunction: return "(SELECT count(*) FROM \(item)()) AS c"
        case .aggregate: return "(SELECT \(item)(n) FROM (VALUES (1)) t (n)) AS c"
        case .dictionary: return "ts_lexize(\(quotedText(item))::regdictionary, 'x') AS c"
        case .configuration: return "to_tsvector(\(quotedText(item))::regconfig, 'x') AS c"
        case .cast: return "(\(typed(extra.subjects.first)))::boolean AS c"
        default: return "null::\(item) AS c"
        }
    }

    private func relation(_ extra: ExtraModel) -> (String, [String?]) {
        let subject = extra.subjects.first
        func place(_ more: String? = nil) -> String {
            let item = subject.flatMap { names.items[$0] }
            return flow([
                field("schema", item.flatMap { names.schemas[$0.schema] }),
                field("table", item?.name), more,
            ])
        }
        func columns(_ parts: [ExtraModel.Part], hasKey: Bool) -> String? {
            block(
                "columns",
                parts.enumerated().map { column($1, isKey: hasKey && $0 == 0) })
        }
        switch extra.sort {
        case .child:
            return (
                "Table", ["inherits: \(place())", columns(extra.parts, hasKey: false)]
            )
        case .typed: return ("Table", ["ofType: \(qualifiedName(subject))"])
        case .parted:
            let key = quotedName(extra.parts[0].name)
            let strategy = ["RANGE", "LIST", "HASH"][extra.variant % 3]
            return (
                "Table",
                [
                    "partitionBy: \(yaml("\(strategy) (\(key))"))",
                    columns(extra.parts, hasKey: true),
                    extra.variant / 3 % 2 == 0
                        ? "primaryKey: [\(yaml(extra.parts[0].name))]" : nil,
                    extra.variant / 6 % 2 == 0
                        ? "indexes: { \"ix\(extra.id)\": [\(yaml(extra.parts[0].name))] }" : nil,
                ]
            )
        case .partition:
            guard let parent = subject.flatMap(world.extra) else { return ("Table", []) }
            if !extra.isAttached { return ("Table", [columns(parent.parts, hasKey: true)]) }
            // What stood alone before has its columns under their old names.
            let columns = parent.parts.compactMap { part in
                renamedPart(part.id, part.name).map { "\(yaml(part.name)): { \($0) }" }
            }
            return (
                "Table",
                [
                    "partitionOf: \(place("bound: \(yaml(bound(extra, of: parent)))"))",
                    block("columns", columns),
                ]
            )
        default:
            return (
                "ForeignTable",
                [
                    "server: \(yaml(subject.flatMap { names.parts[$0] } ?? ""))",
                    block("columns", extra.parts.map(attribute)),
                    extra.variant % 2 == 0 ? "options: { o: \"\(extra.variant)\" }" : nil,
                ]
            )
        }
    }

    private func bound(_ extra: ExtraModel, of parent: ExtraModel) -> String {
        let slot = extra.variant
        switch parent.variant % 3 {
        case 2: return "FOR VALUES WITH (MODULUS 8, REMAINDER \(slot))"
        case 1 where slot > 0: return "FOR VALUES IN (\(slot))"
        case 0 where slot > 0: return "FOR VALUES FROM (\(slot * 10)) TO (\(slot * 10 + 10))"
        default: return "DEFAULT"
        }
    }

    func qualifiedName(_ id: Int?) -> String {
        let item = id.flatMap { names.items[$0] }
        return flow([
            field("schema", item.flatMap { names.schemas[$0.schema] }),
            field("name", item?.name),
        ])
    }
}
