import Manifest
import Planning
import SchemaCore

/// How a column is kept, in its long form.
struct ColumnSettingsFields: Sendable {
    private let storage: Field<ColumnSettingsDefinition.Storage?>
    private let compression: Field<ColumnSettingsDefinition.Compression?>
    private let statistics: Field<Int?>
    private let options: Field<OrderedMapping<Spanned<String>>>

    init(_ fields: ObjectFields) {
        storage = fields.optional(
            "storage", .enumeration(), "Where long values go, if not where the type says.")
        compression = fields.optional(
            "compression", .enumeration(),
            "How long values are packed: pglz or lz4; default where a table above says another.")
        statistics = fields.optional(
            "statistics", .integer, "How many values are sampled for statistics.")
        options = fields.options("Options of the column, for example n_distinct.")
    }

    /// Of a column of a materialized view, by itself.
    static let decoding = Decoding<ColumnSettingsDefinition>.object("column") { fields in
        let settings = ColumnSettingsFields(fields)
        return { settings.definition($0) }
    }.named("ColumnSettings")

    func definition(_ values: ObjectValues) -> ColumnSettingsDefinition {
        ColumnSettingsDefinition(
            storage: values[storage], compression: values[compression],
            statistics: values[statistics], options: values[options].texts)
    }
}

extension ColumnSpec {
    func addSettings(
        _ name: Spanned<String>, _ table: ObjectID, isDerived: Bool,
        _ builder: inout ManifestBuilder
    ) {
        if settings.isEmpty { return }
        var settings = settings
        settings.isDerived = isDerived
        builder.add(
            .columnSettings(table.path[0], table.name, name.value),
            .plain(.columnSettings(settings)), at: name.span, dependencies: [table])
    }
}

extension ExportSource {
    /// How a column is kept.
    func addSettings(of column: ObjectID, to fields: inout ExportFields) {
        guard
            case .plain(.columnSettings(let settings))? =
                catalog[ObjectID(.columnSettings, column.path)]?.definition
        else { return }
        if let storage = settings.storage { fields.add("storage", .text(storage.rawValue)) }
        if let packed = settings.compression { fields.add("compression", .text(packed.rawValue)) }
        if let count = settings.statistics { fields.add("statistics", .integer(count)) }
        fields.add("options", texts: settings.options)
    }
}
