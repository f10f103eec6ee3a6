import Manifest
import Planning
import SchemaCore

extension IndexDefinition.Key {
    /// The fields of the long form.
    var fields: ExportFields {
        var fields = ExportFields()
        switch element {
        case .column(let name): fields.add("column", .text(name))
        case .expression(let expression):
            fields.add("expression", .plain(expression.withoutParentheses))
        }
        fields.add("collation", name: collation)
        if let operatorClass {
            if operatorClassOptions.isEmpty {
                fields.add("opclass", operatorClass.exported)
            } else {
                var long = ExportFields()
                if let schema = operatorClass.schema, schema != "pg_catalog" {
                    long.add("schema", .text(schema))
                }
                long.add("name", .text(operatorClass.name))
                long.add("options", texts: operatorClassOptions)
                fields.add("opclass", .flowMapping(long.entries))
            }
        }
        if isDescending { fields.add("order", .text("desc")) }
        if let statistics { fields.add("statistics", .integer(statistics)) }
        if nullsFirst != isDescending { fields.add("nulls", .text(nullsFirst ? "first" : "last")) }
        return fields
    }

    /// A name or an expression in parentheses where that says all.
    fileprivate var exported: YAMLValue {
        let long = fields
        guard long.entries.count == 1 else { return .flowMapping(long.entries) }
        switch element {
        case .column(let name):
            return ColumnOrExpression.shortened(column: name) ?? .flowMapping(long.entries)
        case .expression(let expression):
            return .text("(\(expression.withoutParentheses))")
        }
    }
}

extension IndexDefinition {
    /// What stands behind the index's name in its table's manifest.
    func exported(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        let keys = YAMLValue.flowSequence(keys.map(\.exported))
        var fields = ExportFields()
        fields.add("columns", keys)
        fields.add("unique", flag: isUnique)
        fields.add("nullsNotDistinct", flag: nullsNotDistinct)
        if method != "btree" { fields.add("method", .text(method)) }
        fields.add("include", names: include)
        fields.add("where", predicate: predicate)
        fields.add("options", texts: options)
        if let tablespace { fields.add("tablespace", .text(tablespace)) }
        fields.add("comment", text: source.comment(on: id))
        return fields.entries.count == 1 ? keys : .flowMapping(fields.entries)
    }
}
