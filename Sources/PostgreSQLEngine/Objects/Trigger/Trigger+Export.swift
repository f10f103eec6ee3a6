// Owns how a trigger stands in the manifest of its table or view.

import Manifest
import Planning
import SchemaCore

extension TriggerDefinition {
    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        var fields = ExportFields()
        fields.add("timing", .text(timing.rawValue))
        fields.add("events", .names(events.map(\.rawValue)))
        fields.add("columns", names: columns)
        if !forEachRow { fields.add("forEach", .text("statement")) }
        fields.add("when", predicate: condition)
        fields.add("function", name: function)
        fields.add("arguments", names: arguments)
        fields.add("oldTable", text: oldTable)
        fields.add("newTable", text: newTable)
        if let constraint {
            fields.add("constraint", .boolean(true))
            fields.add("from", name: constraint.from)
            fields.add(
                "deferrable", flag: constraint.isDeferrable && !constraint.isInitiallyDeferred)
            fields.add("initiallyDeferred", flag: constraint.isInitiallyDeferred)
        }
        if firing != .origin { fields.add("fires", .text(firing.rawValue)) }
        fields.add("comment", text: source.comment(on: id))
        return ("triggers", .mapping(fields.entries))
    }
}
