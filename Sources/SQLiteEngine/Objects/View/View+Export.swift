internal import Manifest
internal import Planning

extension ViewDefinition {
    /// `kind: View`.
    var document: YAMLValue {
        var fields = ExportFields(kind: "View", name: name)
        fields.add("columns", names: columns)
        fields.add("query", sql: query)
        return .mapping(fields.entries)
    }
}
