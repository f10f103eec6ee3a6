import Manifest
import Planning
import SchemaCore

extension EnumDefinition {
    /// `kind: Enum`.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Enum", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        fields.add("labels", .names(labels))
        return .mapping(fields.entries)
    }
}
