import Manifest
import SchemaCore

/// Looks for what names a table or a column that is not there.
enum ReferenceChecks {
    static func diagnostics(_ items: [ManifestItem], _ facts: ManifestFacts) -> [Diagnostic] {
        items.flatMap { item -> [Diagnostic] in
            switch item {
            case .object, .rename: []
            case .columns(let mention): check(mention, facts)
            case .reference(let mention): check(mention, facts)
            }
        }
    }

    private static func check(_ mention: ColumnMention, _ facts: ManifestFacts) -> [Diagnostic] {
        guard let columns = facts.columns[mention.table] else {
            guard let span = mention.tableSpan else { return [] }
            return missing(mention.table, at: span, facts)
        }
        let known = Set(columns)
        return mention.columns.filter { !known.contains($0.value) }.map { name in
            unknownColumn(name, of: mention.table, columns, mention.mayBeExpression)
        }
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
        let schema = table.path[0]
        // A schema of which nothing is declared is another's; the server will know.
        guard facts.schemas.contains(schema), !facts.broken.contains(table), !facts.hasUnknown
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
        if parts.count == 2, facts.columns[.table(parts[0], parts[1])] != nil {
            return "write references: {schema: \(parts[0]), table: \(parts[1])}"
        }
        if let near = DidYouMean.hint(table.name, in: facts.tables(in: table.path[0])) {
            return near
        }
        let other = facts.schemas.sorted().first { facts.columns[.table($0, table.name)] != nil }
        return other.map { "there is one in another schema: add schema: \($0)" }
    }

    private static func check(
        _ mention: ForeignKeyMention, _ facts: ManifestFacts
    ) -> [Diagnostic] {
        guard let columns = facts.columns[mention.target] else {
            return missing(mention.target, at: mention.tableSpan, facts)
        }
        guard !mention.columns.isEmpty else { return checkPrimaryKey(mention, facts) }
        let known = Set(columns)
        let unknown = mention.columns.filter { !known.contains($0.value) }
        guard unknown.isEmpty else {
            return unknown.map { unknownColumn($0, of: mention.target, columns, false) }
        }
        let wanted = Set(mention.columns.map(\.value))
        guard facts.keys[mention.target]?.contains(wanted) != true else { return [] }
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
        _ mention: ForeignKeyMention, _ facts: ManifestFacts
    ) -> [Diagnostic] {
        guard let key = facts.primaryKeys[mention.target] else {
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
