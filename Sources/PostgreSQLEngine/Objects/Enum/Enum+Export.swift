import Manifest
import SchemaCore

extension EnumDefinition {
    /// `kind: Enum`. An enum without labels has no manifest's equal; it is written as it is, and
    /// the list's emptiness is then reported.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Enum", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        fields.add("labels", .names(labels))
        return .mapping(fields.entries)
    }
}
