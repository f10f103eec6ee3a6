import Manifest
import Planning
import SchemaCore

extension ColumnDefinition {
    /// A column of a table's manifest: only its type where that says all.
    func exported(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields()
        let comment = source.comment(on: id)
        let grants = source.columnGrants(id)
        if let serial = ExportSource.serialTypes[type.text], source.serials[id] != nil {
            fields.add("type", .plain(serial))
            addNotNull(id, source, to: &fields)
            fields.add("comment", text: comment)
            if let grants { fields.add("grants", grants) }
            return fields.entries.count == 1 ? .plain(serial) : fields.value(isFlow: grants == nil)
        }
        let type = type.shortType
        fields.add("type", .plain(type))
        fields.add("nullable", flag: !hasNotNull)
        addNotNull(id, source, to: &fields)
        if case .columnDefault(let value) = source.catalog[
            .columnDefault(id.path[0], id.path[1], id.name)]?.definition
        {
            fields.add("default", sql: value.expression)
        } else if source.hasDefaultAbove(id) {
            fields.add("default", sql: DerivedColumnDefinition.none)
        }
        if let identity {
            fields.add("identity", identity.exported(id, type: self.type.text))
            let sequence = identity.sequenceName.map { ObjectID.sequence(id.path[0], $0) }
            fields.add("sequenceComment", text: sequence.flatMap { source.comment(on: $0) })
        }
        if let generated { fields.add("generated", generated.exported) }
        fields.add("collation", name: collation)
        source.addSettings(of: id, to: &fields)
        fields.add("comment", text: comment)
        if let grants { fields.add("grants", grants) }
        return fields.entries.count == 1 ? .plain(type) : fields.value(isFlow: grants == nil)
    }

    private func addNotNull(
        _ id: ObjectID, _ source: ExportSource, to fields: inout ExportFields
    ) {
        if source.catalog[id]?.inheritsNotNull == true {
            fields.add("notNull", .flowMapping([("inherited", .boolean(true))]))
            return
        }
        var notNull = notNull ?? NotNullDefinition()
        notNull.name = notNull.name ?? source.catalog[id]?.notNullName
        if let value = notNull.exported { fields.add("notNull", value) }
    }
}

extension ExportFields {
    /// On one line, where nothing in it takes several.
    fileprivate func value(isFlow: Bool) -> YAMLValue {
        isFlow ? .flowMapping(entries) : .mapping(entries)
    }
}

extension ColumnDefinition.Identity {
    fileprivate func exported(_ column: ObjectID, type: String) -> YAMLValue {
        let mode = isAlways ? "always" : "byDefault"
        var fields = ExportFields()
        fields.add("mode", .text(mode))
        if let sequenceName, sequenceName != DefaultName.of(column.path[1], column.name, "seq") {
            fields.add("name", .text(sequenceName))
        }
        sequence.export(type: type, to: &fields)
        return fields.entries.count == 1 ? .text(mode) : .flowMapping(fields.entries)
    }
}

extension ColumnDefinition.Generated {
    var exported: YAMLValue {
        let text = expression.withoutParentheses
        if isStored { return .plain(text) }
        return .flowMapping([("expression", .plain(text)), ("stored", .boolean(false))])
    }
}
