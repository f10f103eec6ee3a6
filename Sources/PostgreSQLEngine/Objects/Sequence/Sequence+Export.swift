import Manifest
import Planning
import SchemaCore

extension SequenceSettings {
    /// What the server would use where nothing is said, for this type and direction.
    static func defaults(type: String, increment: Int64) -> SequenceSettings {
        let range: ClosedRange<Int64> =
            switch type {
            case "smallint": Int64(Int16.min)...Int64(Int16.max)
            case "integer": Int64(Int32.min)...Int64(Int32.max)
            default: Int64.min...Int64.max
            }
        let isAscending = increment > 0
        return SequenceSettings(
            type: type, start: isAscending ? 1 : -1, increment: increment,
            minimum: isAscending ? 1 : range.lowerBound,
            maximum: isAscending ? range.upperBound : -1, cache: 1, cycles: false)
    }

    /// The fields that differ from what the server would use.
    ///
    /// - Parameter type: the type of its values.
    func export(type: String, to fields: inout ExportFields) {
        let usual = Self.defaults(type: type, increment: increment ?? 1)
        // A range of its own moves the start as well.
        let first = (increment ?? 1) > 0 ? minimum : maximum
        func add(_ key: String, _ value: Int64?, _ usual: Int64?) {
            if let value, value != usual { fields.add(key, .integer(Int(value))) }
        }
        add("start", start, first ?? usual.start)
        add("increment", increment, 1)
        add("minimum", minimum, usual.minimum)
        add("maximum", maximum, usual.maximum)
        add("cache", cache, usual.cache)
        fields.add("cycle", flag: cycles)
    }
}

extension SequenceDefinition {
    /// `kind: Sequence`.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Sequence", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        let type = settings.type ?? "bigint"
        if type != "bigint" { fields.add("type", .text(type)) }
        settings.export(type: type, to: &fields)
        if let ownedBy {
            fields.add(
                "ownedBy",
                .flowMapping([
                    ("table", .text(ownedBy.path[1])), ("column", .text(ownedBy.name)),
                ]))
        }
        fields.add("unlogged", flag: isUnlogged)
        return .mapping(fields.entries)
    }
}

extension ExportSource {
    /// Whether a sequence is exactly what a `serial` column would bring.
    static func isSerial(
        _ object: PostgreSQLObject, _ column: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> Bool {
        let table = ObjectID.table(column.path[0], column.path[1])
        guard case .sequence(let sequence) = object.definition,
            case .column(let definition) = catalog[column]?.definition,
            object.isNextOf(column, in: catalog),
            case .table(let owner) = catalog[table]?.definition,
            // The word stands for a plain NOT NULL, and for nothing of how the column is kept.
            definition.isNotNull, definition.notNull?.noInherit != true,
            catalog[ObjectID(.columnSettings, column.path)] == nil,
            serialTypes[definition.type.text] != nil,
            object.id.path[0] == column.path[0],
            object.id.name == DefaultName.of(table.name, column.name, "seq"),
            catalog[object.id.comment] == nil, !hasGrants(object.id, in: catalog),
            !owner.isUnlogged, !sequence.isUnlogged,
            sequence.settings == .defaults(type: definition.type.text, increment: 1)
        else { return false }
        return true
    }

    private static func hasGrants(
        _ id: ObjectID, in catalog: Catalog<PostgreSQLObject>
    ) -> Bool {
        guard case .plain(.grants(let rights))? = catalog[id.grants]?.definition else {
            return false
        }
        return !rights.grants.isEmpty
    }

    /// The `serial` word for a type.
    static let serialTypes = [
        "smallint": "smallserial", "integer": "serial", "bigint": "bigserial",
    ]
}
