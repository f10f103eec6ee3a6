import Manifest
import Planning
import SchemaCore

extension ExtensionDefinition {
    /// `kind: Extension`.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Extension", name: id.name)
        fields.add("schema", .text(schema))
        fields.add("version", text: version)
        fields.add("comment", text: source.comment(on: id))
        return .mapping(fields.entries)
    }
}
