internal import Manifest
public import SchemaCore

/// Looks for what names a table or a column that is not there.
public enum ReferenceChecks {
    /// What is wrong with what the manifests refer to.
    public static func diagnostics<Object>(
        _ items: [ManifestItem<Object>], _ facts: ManifestFacts
    ) -> [Diagnostic] {
        items.flatMap { item -> [Diagnostic] in
            switch item {
            case .object, .rename: []
            case .columns(let mention): check(mention, facts)
            case .reference(let mention): check(mention, facts)
            }
        }
    }

    private static func check(_ mention: ColumnMention, _ facts: ManifestFacts) -> [Diagnostic] {
        guard let relation = facts.relations[mention.table] else {
            guard let span = mention.tableSpan else { return [] }
            return missing(mention.table, at: span, facts)
        }
        guard let columns = relation.columns else { return [] }
        return unknown(mention.columns, in: columns, facts).map { name in
            unknownColumn(name, of: mention.table, columns, mention.mayBeExpression)
        }
    }

    private static func unknown(
        _ names: [Spanned<String>], in columns: [String], _ facts: ManifestFacts
    ) -> [Spanned<String>] {
        let known = facts.folded(columns)
        return names.filter { !known.contains(ByteText(facts.fold($0.value))) }
    }

    private static func unknownColumn(
        _ name: Spanned<String>, of table: ObjectID, _ columns: [String], _ mayBeExpression: Bool
    ) -> Diagnostic {
        var help = DidYouMean.hint(name.value, in: columns)
        if help == nil, mayBeExpression, name.value.contains("(") || name.value.contains(" ") {
            help = "an expression stands in parentheses: \"(\(name.value))\""
        }
        return .error(
            "unknown-column", "\(table) has no column \"\(name.value)\"", at: name.span,
            help: help ?? "the columns are: \(columns.joined(separator: ", "))")
    }

    private static func missing(
        _ table: ObjectID, at span: SourceSpan, _ facts: ManifestFacts
    ) -> [Diagnostic] {
        // A schema of which nothing is declared is another's; the server will know.
        guard !facts.siblings(of: table).isEmpty, !facts.broken.contains(table),
            !facts.hasUnknown
        else { return [] }
        return [
            .error(
                "unknown-table", "no manifest declares \(table)", at: span,
                help: hint(table, facts)
                    ?? "declare it, or correct the name")
        ]
    }

    private static func hint(_ table: ObjectID, _ facts: ManifestFacts) -> String? {
        let parts = table.name.split(separator: ".").map(String.init)
        if table.path.count == 2, parts.count == 2,
            facts.relations[ObjectID(table.kind, parts)] != nil
        {
            return "write references: {schema: \(parts[0]), table: \(parts[1])}"
        }
        let siblings = facts.siblings(of: table)
        if let other = siblings.first(where: { $0.path == table.path }) {
            return "\(other) is declared: did you mean that?"
        }
        let names = siblings.filter { $0.kind == table.kind }.map(\.name)
        if let near = DidYouMean.hint(table.name, in: names) { return near }
        let other = facts.relations.keys.sorted().first {
            $0.kind == table.kind && $0.name == table.name && $0.path.count == 2
        }
        return other.map { "there is one in another schema: add schema: \($0.path[0])" }
    }

    private static func check(
        _ mention: ForeignKeyMention, _ facts: ManifestFacts
    ) -> [Diagnostic] {
        guard let relation = facts.relations[mention.target] else {
            return missing(mention.target, at: mention.tableSpan, facts)
        }
        // Where only a server can tell the columns, their keys may be from elsewhere as well.
        guard let columns = relation.columns else { return [] }
        guard !mention.columns.isEmpty else { return checkPrimaryKey(mention, relation) }
        let unknown = unknown(mention.columns, in: columns, facts)
        guard unknown.isEmpty else {
            return unknown.map { unknownColumn($0, of: mention.target, columns, false) }
        }
        guard !facts.hasKey(mention.columns.map(\.value), of: mention.target) else { return [] }
        let list = mention.columns.map(\.value).joined(separator: ", ")
        return [
            .error(
                "no-unique-key",
                "\(mention.target) has no primary key or unique constraint on (\(list))",
                at: mention.columns[0].span,
                help: "refer to a key of the table, or add a unique constraint there")
        ]
    }

    private static func checkPrimaryKey(
        _ mention: ForeignKeyMention, _ relation: ManifestFacts.Relation
    ) -> [Diagnostic] {
        guard let key = relation.primaryKey else {
            return [
                .error(
                    "no-unique-key", "\(mention.target) has no primary key",
                    at: mention.tableSpan, help: "name the referenced columns, or add primaryKey")
            ]
        }
        guard key.count != mention.count else { return [] }
        return [
            .error(
                "contradiction",
                "\(mention.count) columns refer to a primary key of \(key.count)",
                at: mention.tableSpan, help: "the key is (\(key.joined(separator: ", ")))")
        ]
    }
}
