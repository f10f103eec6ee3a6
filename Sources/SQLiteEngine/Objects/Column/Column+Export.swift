internal import Manifest
internal import Planning
internal import SchemaCore

extension ColumnDefinition {
    /// A column of a table's manifest: only its type where that says all.
    ///
    /// - Parameter isRowID: whether it is the rowid, which is never NULL.
    func exported(isRowID: Bool) -> YAMLValue {
        var fields = ExportFields()
        // SQLite keeps the standard types in capitals, whatever a person wrote.
        if !type.isEmpty { fields.add("type", .plain(type.asciiFolded)) }
        fields.add("nullable", flag: notNull == nil && !isRowID)
        if let notNull, notNull != NotNull() {
            var long = ExportFields()
            long.add("name", text: notNull.name)
            long.add(notNull.conflict)
            fields.add("notNull", .flowMapping(long.entries))
        }
        fields.add("default", sql: self.default)
        if let generated {
            let text = YAMLValue.plain(generated.expression.written.text)
            fields.add(
                "generated",
                generated.isStored
                    ? .flowMapping([("expression", text), ("stored", .boolean(true))]) : text)
        }
        fields.add("collation", text: collation?.asciiFolded)
        return fields.entries.count == 1 && !type.isEmpty
            ? .plain(type.asciiFolded) : .flowMapping(fields.entries)
    }
}
