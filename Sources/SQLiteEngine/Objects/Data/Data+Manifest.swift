// Owns how declared rows become objects. Invariant: names fold as SQLite folds them; what a value
// becomes in its column, only SQLite says.

internal import Manifest
internal import Planning
internal import SchemaCore

extension DataSpec {
    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(table.value)
        builder.mention(
            ForeignKeyMention(target: id, tableSpan: table.span, columns: key, count: key.count))
        for row in rows { builder.mention(row.value.map(\.name), of: id) }
        for row in soundRows(id, &context, fold: { $0.asciiFolded }) {
            let sorted = Self.sorted(row.value) { $0.asciiFolded }
            let definition = DataDefinition(
                table: table.value, key: key.map(\.value), columns: sorted.map(\.name.value),
                values: sorted.map { .init($0.value) })
            builder.add(definition.id, .data(definition), at: row.span)
        }
    }
}

extension DataDefinition.Value {
    /// As SQLite has it, which knows no booleans.
    init(_ value: RowValue) {
        self =
            switch value {
            case .null: .null
            case .boolean(let flag): .integer(flag ? 1 : 0)
            case .integer(let number): .integer(number)
            case .real(let text): .real(text)
            case .text(let text): .text(text)
            case .blob(let digits): .blob(digits)
            }
    }
}
