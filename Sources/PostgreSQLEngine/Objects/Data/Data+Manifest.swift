// Owns how declared rows become objects. Invariant: what a value becomes in its column, only the
// server says.

internal import Manifest
internal import Planning
internal import SchemaCore

extension DataSpec {
    /// The most rows of one table: each is an object that is compared, and all come by one
    /// statement.
    static let mostRows = 10_000

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(builder.schema, table.value)
        builder.mention(
            ForeignKeyMention(target: id, tableSpan: table.span, columns: key, count: key.count))
        guard rows.count <= Self.mostRows else {
            context.report(
                .error(
                    "too-many-rows", "\(rows.count) rows of \(id); \(Self.mostRows) can be managed",
                    at: table.span, help: "load such data by other means"))
            return
        }
        for row in rows {
            builder.mention(ColumnMention(table: id, columns: row.value.map(\.name)))
        }
        for row in soundRows(id, &context) {
            let sorted = Self.sorted(row.value)
            let definition = DataDefinition(
                key: key.map(\.value), columns: sorted.map(\.name.value),
                values: sorted.map(\.value))
            builder.add(definition.id(in: id), .plain(.data(definition)), at: row.span)
        }
    }
}
