internal import Manifest
internal import Planning

extension TriggerDefinition {
    /// `kind: Trigger`, for one that no table's manifest holds.
    var document: YAMLValue {
        var fields = ExportFields(kind: "Trigger", name: name)
        fields.add(isOnView ? "view" : "table", .text(table))
        for (key, value) in self.fields.entries { fields.add(key, value) }
        return .mapping(fields.entries)
    }

    /// All fields but its name and table.
    var fields: ExportFields {
        var fields = ExportFields()
        if !isOnView, time != .before { fields.add("time", .text(time.rawValue)) }
        fields.add("event", .text(event.rawValue))
        fields.add("columns", names: columns)
        fields.add("when", sql: condition)
        fields.add("body", sql: body)
        return fields
    }
}
