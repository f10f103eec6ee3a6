// Owns writing a random schema as manifests.

extension World {
    /// The manifests; what has another name or place in `former` says so by `renamedFrom`.
    func manifests(after former: World? = nil) -> String {
        WorldText(world: self, former: former).documents.joined(separator: "---\n")
    }
}

/// SQL's quoted name.
func quotedName(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
}

/// SQL's text constant.
func quotedText(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
}

/// YAML's double-quoted scalar.
func yaml(_ text: String) -> String {
    var out = "\""
    for character in text.unicodeScalars {
        switch character {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        default: out.unicodeScalars.append(character)
        }
    }
    return out + "\""
}

/// The names of everything in one world.
struct WorldNames {
    var schemas: [Int: String] = [:]
    /// Schema and name of what stands in a schema.
    var items: [Int: (schema: Int, name: String)] = [:]
    /// Names within a table, a view or an enum.
    var parts: [Int: String] = [:]

    init(_ world: World) {
        for schema in world.schemas { schemas[schema.id] = schema.name }
        for item in world.enums {
            items[item.id] = (item.schema, item.name)
            for label in item.labels { parts[label.id] = label.name }
        }
        for item in world.sequences { items[item.id] = (item.schema, item.name) }
        for item in world.functions { items[item.id] = (item.schema, item.name) }
        for item in world.tables {
            items[item.id] = (item.schema, item.name)
            for column in item.columns { parts[column.id] = column.name }
            for key in item.keys { parts[key.id] = key.name }
            for check in item.checks { parts[check.id] = check.name }
            for key in item.foreignKeys { parts[key.id] = key.name }
            for index in item.indexes { parts[index.id] = index.name }
        }
        for item in world.views {
            items[item.id] = (item.schema, item.name)
            for output in item.outputs { parts[output.id] = output.name }
        }
        for item in world.extras {
            if item.sort.isInSchema { items[item.id] = (item.schema, item.name) }
            if !item.sort.isInSchema { parts[item.id] = item.name }
            for part in item.parts { parts[part.id] = part.name }
        }
    }

    func qualified(_ id: Int) -> String {
        guard let item = items[id], let schema = schemas[item.schema] else {
            preconditionFailure("item \(id) is not in the world")
        }
        return quotedName(schema) + "." + quotedName(item.name)
    }

    func text(_ expression: Expression) -> String {
        expression.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .column(let id): quotedName(parts[id] ?? "")
            case .item(let id): qualified(id)
            case .quotedItem(let id): quotedText(qualified(id))
            case .label(let id): quotedText(parts[id] ?? "")
            }
        }.joined()
    }

    func type(_ type: TypeModel) -> String {
        guard let item = type.item else { return type.sql }
        return type.sql.split(separator: "%", omittingEmptySubsequences: false)
            .joined(separator: qualified(item))
    }
}

struct WorldText {
    let world: World
    let names: WorldNames
    let former: WorldNames?

    init(world: World, former: World?) {
        self.world = world
        names = WorldNames(world)
        self.former = former.map(WorldNames.init)
    }

    var documents: [String] {
        world.schemas.map { schema in
            document(
                "Schema", schema.name, nil,
                [
                    renamed(schema.name, former?.schemas[schema.id]),
                    field("comment", schema.comment), rights(schema.id, .schema),
                ])
        } + world.enums.map(text) + world.sequences.map(text) + world.functions.map(text)
            + world.tables.map(text) + world.views.map(text) + world.extras.compactMap(document)
    }

    func document(
        _ kind: String, _ name: String?, _ schema: Int?, _ fields: [String?]
    ) -> String {
        let head: [String?] = [
            "apiVersion: lockstep.dev/v1", "kind: \(kind)",
            schema.flatMap { names.schemas[$0] }.map { "schema: \(yaml($0))" },
            field("name", name),
        ]
        return (head + fields).compactMap { $0 }.joined(separator: "\n") + "\n"
    }

    func field(_ name: String, _ text: String?) -> String? {
        text.map { "\(name): \(yaml($0))" }
    }

    func flag(_ name: String, _ isSet: Bool) -> String? { isSet ? "\(name): true" : nil }

    private func renamed(_ name: String, _ old: String?) -> String? {
        guard let old, old != name else { return nil }
        return "renamedFrom: \(yaml(old))"
    }

    /// For what stands in a schema and may have moved.
    func renamedItem(_ id: Int) -> String? {
        guard let old = former?.items[id], let new = names.items[id],
            let oldSchema = former?.schemas[old.schema], let newSchema = names.schemas[new.schema]
        else { return nil }
        if oldSchema == newSchema { return renamed(new.name, old.name) }
        if old.schema == new.schema && old.name == new.name { return nil }
        return "renamedFrom: \(yaml("\(oldSchema).\(old.name)"))"
    }

    /// For what stands in a schema but in another's document.
    func renamedItemName(_ id: Int) -> String? {
        guard let old = former?.items[id], let new = names.items[id] else { return nil }
        return renamed(new.name, old.name)
    }

    func renamedPart(_ id: Int, _ name: String?) -> String? {
        guard let name else { return nil }
        return renamed(name, former?.parts[id])
    }

    func flow(_ fields: [String?]) -> String {
        "{ " + fields.compactMap { $0 }.joined(separator: ", ") + " }"
    }

    func list(_ texts: [String]) -> String { "[" + texts.joined(separator: ", ") + "]" }

    func columns(_ ids: [Int]) -> String { list(ids.map { yaml(names.parts[$0] ?? "") }) }

    func block(_ name: String, _ lines: [String]) -> String? {
        lines.isEmpty ? nil : "\(name):\n" + lines.map { "  " + $0 }.joined(separator: "\n")
    }

    private func text(_ item: EnumModel) -> String {
        document(
            "Enum", item.name, item.schema,
            [
                renamedItem(item.id), field("comment", item.comment), rights(item.id, .type),
                "labels: "
                    + list(
                        item.labels.map { label in
                            guard let rename = renamedPart(label.id, label.name) else {
                                return yaml(label.name)
                            }
                            return flow(["name: \(yaml(label.name))", rename])
                        }),
            ])
    }

    private func text(_ item: SequenceModel) -> String {
        let owner = item.owner.flatMap { id -> String? in
            guard let table = world.tables.first(where: { $0.column(id) != nil }) else {
                return nil
            }
            return "ownedBy: "
                + flow(["table: \(yaml(table.name))", "column: \(yaml(names.parts[id] ?? ""))"])
        }
        return document(
            "Sequence", item.name, item.schema,
            [
                renamedItem(item.id), field("comment", item.comment), "type: \(item.type)",
                "increment: \(item.increment)", "cache: \(item.cache)", flag("cycle", item.cycles),
                owner, world.owned.contains(item.id) ? nil : rights(item.id, .sequence),
            ])
    }

    private func text(_ item: FunctionModel) -> String {
        let subject = item.subject.map(names.qualified) ?? ""
        let kind = item.variant
        let fields: [String]
        switch item.sort {
        case .add:
            let type = kind % 3 == 0 ? "bigint" : "integer"
            fields = [
                kind % 2 == 0 ? "arguments: [integer]" : "arguments: { a: integer }",
                "returns: \(type)", "language: sql", "volatility: immutable",
                "body: \(yaml("select ($1 + \(kind))::\(type)"))",
            ]
        case .shout:
            fields = [
                "arguments: { \(kind % 2 == 0 ? "word" : "t"): text }", "returns: text",
                "language: plpgsql", "volatility: immutable", "strict: \(kind % 3 == 0)",
                "body: \(yaml("begin\n  return upper($1) || '\(kind)';\nend"))",
            ]
        case .positive:
            fields = [
                "arguments: { n: integer, m: { type: integer, default: \"\(kind)\" } }",
                "returns: boolean", "volatility: immutable", "parallel: safe",
                "sqlBody: \(yaml("return n > -m - 100000"))",
            ]
        case .known:
            fields = [
                "arguments: [\(yaml(subject))]", "returns: boolean", "language: sql",
                "volatility: immutable", "body: \(yaml("select $1 is not null or \(kind) > 0"))",
            ]
        case .count:
            fields = [
                "returns: bigint", "volatility: stable", "cost: \(kind + 1)",
                "sqlBody: \(yaml("return (select count(*) + \(kind) from \(subject))"))",
            ]
        case .next:
            let body = "begin return nextval(\(quotedText(subject))) + \(kind); end"
            fields = ["returns: bigint", "language: plpgsql", "body: \(yaml(body))"]
        }
        return document(
            "Function", item.name, item.schema,
            fields + [field("comment", item.comment), rights(item.id, .routine)])
    }

    private func text(_ item: ViewModel) -> String {
        let selected = item.outputs.map {
            names.text($0.value) + " AS " + quotedName($0.name)
        }.joined(separator: ", ")
        let condition = item.condition.map { " WHERE " + names.text($0) } ?? ""
        let query = "SELECT \(selected) FROM \(names.qualified(item.base))\(condition)"
        let index = item.outputs.first { $0.id == item.index }.map {
            "indexes: { \"mx\(item.id)\": [\(yaml($0.name))] }"
        }
        return document(
            item.isMaterialized ? "MaterializedView" : "View", item.name, item.schema,
            [
                renamedItem(item.id), field("comment", item.comment), rights(item.id, .relation),
                item.isMaterialized ? index : flag("securityBarrier", item.isBarrier),
                "query: \(yaml(query))",
            ] + (item.isMaterialized ? [] : parts(of: item.id)))
    }

    private func text(_ item: TableModel) -> String {
        let hasColumnRights = world.grants[item.id].map { $0 % 3 == 0 } ?? false
        return document(
            "Table", item.name, item.schema,
            [
                renamedItem(item.id), field("comment", item.comment),
                flag("unlogged", item.isUnlogged), rights(item.id, .relation),
                item.security == 0 ? nil : "rowSecurity: \(item.security == 1 ? "on" : "forced")",
                field("replicaIdentity", item.replicaIdentity),
                block(
                    "columns",
                    item.columns.enumerated().map { place, column in
                        let text = text(column, hasRights: place == 0 && hasColumnRights)
                        return "\(yaml(column.name)): \(text)"
                    }),
                item.primaryKey.map { "primaryKey: \(text($0))" },
                block("unique", item.unique.map { "\(yaml($0.name ?? "")): \(text($0))" }),
                block("checks", item.checks.map { "\(yaml($0.name)): \(text($0))" }),
                block(
                    "foreignKeys", item.foreignKeys.map { "\(yaml($0.name ?? "")): \(text($0))" }),
                block("indexes", item.indexes.map { "\(yaml($0.name)): \(text($0))" }),
                item.fillfactor.map { "options: { fillfactor: \($0), autovacuum_enabled: false }" },
            ] + parts(of: item.id))
    }

    private func text(_ column: ColumnModel, hasRights: Bool) -> String {
        flow([
            "type: \(yaml(names.type(column.type)))", flag("nullable", column.isNullable),
            field("default", column.fallback.map(names.text)),
            column.identity.map { "identity: \($0)" },
            column.generated.map {
                "generated: "
                    + flow([
                        "expression: \(yaml(names.text($0)))",
                        column.isStored ? nil : "stored: false",
                    ])
            },
            field("collation", column.collation), renamedPart(column.id, column.name),
            hasRights ? "grants: { property_reader: select }" : nil,
            field("comment", column.comment),
        ])
    }

    private static func deferral(_ level: Int) -> [String?] {
        level == 0 ? [] : ["deferrable: true", level > 1 ? "initiallyDeferred: true" : nil]
    }

    private func text(_ key: KeyModel) -> String {
        flow(
            [
                world.tables.contains { $0.primaryKey?.id == key.id }
                    ? field("name", key.name) : nil,
                "columns: \(columns(key.columns))",
                key.include.isEmpty ? nil : "include: \(columns(key.include))",
                renamedPart(key.id, key.name), field("comment", key.comment),
            ] + Self.deferral(key.deferral))
    }

    private func text(_ check: CheckModel) -> String {
        flow([
            field("expression", names.text(check.condition)), renamedPart(check.id, check.name),
            field("comment", check.comment),
        ])
    }

    private func text(_ foreign: ForeignKeyModel) -> String {
        guard let target = world.table(foreign.table),
            let key = target.keys.first(where: { $0.id == foreign.key })
        else { preconditionFailure("a foreign key without its key") }
        return flow(
            [
                "columns: \(columns(foreign.columns))",
                "references: "
                    + flow([
                        field("schema", names.schemas[target.schema]),
                        field("table", target.name), "columns: \(columns(key.columns))",
                    ]),
                "onDelete: \(foreign.onDelete)", "onUpdate: \(foreign.onUpdate)",
                renamedPart(foreign.id, foreign.name), field("comment", foreign.comment),
            ] + Self.deferral(foreign.deferral))
    }

    private func text(_ index: IndexModel) -> String {
        let elements = index.elements.map { element -> String in
            let value = names.text(element.value)
            let name = element.value.pieces.lazy.compactMap { piece -> String? in
                if case .column(let id) = piece { names.parts[id] } else { nil }
            }.first
            return flow([
                element.isExpression ? field("expression", value) : field("column", name),
                field("opclass", element.opclass), element.isDescending ? "order: desc" : nil,
                element.nulls.map { "nulls: \($0)" },
            ])
        }
        return flow([
            "columns: \(list(elements))", "method: \(index.method)",
            flag("unique", index.isUnique),
            index.include.isEmpty ? nil : "include: \(columns(index.include))",
            field("where", index.condition.map(names.text)),
            index.fillfactor.map { "options: { fillfactor: \($0) }" },
            renamedPart(index.id, index.name), field("comment", index.comment),
        ])
    }
}
