import Manifest
import Planning
import SchemaCore

extension ExportSource {
    /// `kind: Schema`.
    func schemaDocument(_ object: PostgreSQLObject) -> YAMLValue {
        var fields = ExportFields(kind: "Schema", name: object.id.name)
        fields.add("comment", text: comment(on: object.id))
        addAccess(of: object.id, to: &fields)
        return .mapping(fields.entries)
    }
}
