internal import Manifest
internal import Planning
internal import SchemaCore

extension IndexDefinition.Key {
    /// A name or an expression in parentheses where that says all.
    fileprivate var exported: YAMLValue {
        var fields = ExportFields()
        let short: YAMLValue?
        switch element {
        case .column(let name):
            fields.add("column", .text(name))
            short = ColumnOrExpression.shortened(column: name)
        case .expression(let expression):
            fields.add("expression", sql: expression)
            short = .text("(\(expression.written.text))")
        }
        fields.add(collation: collation, isDescending: isDescending)
        return fields.entries.count == 1
            ? short ?? .flowMapping(fields.entries)
            : .flowMapping(fields.entries)
    }
}

extension IndexDefinition {
    /// What stands behind the index's name in its table's manifest.
    var exported: YAMLValue {
        let keys = YAMLValue.flowSequence(keys.map(\.exported))
        var fields = ExportFields()
        fields.add("columns", keys)
        fields.add("unique", flag: isUnique)
        fields.add("where", sql: predicate)
        return fields.entries.count == 1 ? keys : .flowMapping(fields.entries)
    }
}
