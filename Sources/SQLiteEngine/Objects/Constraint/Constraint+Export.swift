internal import Manifest
internal import Planning
internal import SchemaCore

extension Sequence<ConstraintDefinition.KeyColumn> {
    /// Names, or long forms where a name does not say all.
    var list: YAMLValue {
        .flowSequence(
            map { column in
                var fields = ExportFields()
                fields.add("column", .text(column.name))
                fields.add(collation: column.collation, isDescending: column.isDescending)
                return fields.entries.count == 1
                    ? .text(column.name) : .flowMapping(fields.entries)
            })
    }
}

extension ConstraintDefinition.PrimaryKey {
    /// What stands behind `primaryKey`.
    func exported(name: String?) -> YAMLValue {
        var fields = ExportFields()
        fields.add("name", text: name)
        fields.add("columns", columns.list)
        fields.add("autoincrement", flag: isAutoincrement)
        fields.add(conflict)
        return fields.entries.count == 1 ? columns.list : .flowMapping(fields.entries)
    }
}

extension ConstraintDefinition.Unique {
    /// The fields of the long form, but a name.
    var fields: ExportFields {
        var fields = ExportFields()
        fields.add("columns", columns.list)
        fields.add(conflict)
        return fields
    }
}

extension ConstraintDefinition.Check {
    /// The fields of the long form, but a name.
    var fields: ExportFields {
        var fields = ExportFields()
        fields.add("expression", sql: expression)
        return fields
    }
}

extension ConstraintDefinition.ForeignKey {
    /// All fields but a name.
    ///
    /// - Parameter facts: what it can refer to; a reference that finds nothing says so.
    func fields(_ facts: ManifestFacts) -> ExportFields {
        var fields = ExportFields()
        fields.add("columns", names: columns)
        var target = ExportFields()
        target.add("table", .text(table))
        target.add("columns", names: referencedColumns)
        target.add("unchecked", flag: !isFound(facts))
        fields.add(
            "references",
            target.entries.count == 1 ? .text(table) : .flowMapping(target.entries))
        fields.add("match", text: match?.asciiFolded)
        if onUpdate != .noAction { fields.add("onUpdate", .text(onUpdate.rawValue)) }
        if onDelete != .noAction { fields.add("onDelete", .text(onDelete.rawValue)) }
        fields.add("initiallyDeferred", flag: isDeferred)
        return fields
    }

    /// Whether reading the manifest again would find nothing wrong with what it refers to.
    func isFound(_ facts: ManifestFacts) -> Bool {
        let id = ObjectID.table(table)
        guard let relation = facts.relations[id] else { return false }
        if referencedColumns.isEmpty { return relation.primaryKey?.count == columns.count }
        return facts.hasKey(referencedColumns, of: id)
    }
}
