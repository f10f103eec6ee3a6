public import Manifest
public import SchemaCore

/// `kind: Data`, the same for every engine: rows of a table.
public struct DataSpec: Sendable {
    /// The values of a row by the names of its columns.
    public typealias Row = OrderedMapping<RowValue>

    /// The schema of the table, where the engine has schemas and the manifest names one.
    public var schema: Spanned<String>?
    /// The table.
    public var table: Spanned<String>
    /// The columns that tell rows apart.
    public var key: [Spanned<String>]
    /// The rows.
    public var rows: [Spanned<Row>]

    /// Reads it.
    ///
    /// - Parameter schema: declares the field for the schema, where tables stand in schemas.
    public static func decoding(
        schema: @escaping @Sendable (ObjectFields) -> Field<Spanned<String>?>? = { _ in nil }
    ) -> Decoding<DataSpec> {
        .object("data") { fields in
            let schema = schema(fields)
            let table = fields.required("table", .name, "The table.")
            let key = fields.required(
                "key", .columnNames, "The columns that tell rows apart: a key of the table.")
            let rows = fields.required(
                "rows", .list(of: Decoding<Row>.mapping(of: .rowValue).spanned),
                "The rows: values by the names of columns. What columns are not named, others may "
                    + "set.")
            return { values in
                DataSpec(
                    schema: schema.flatMap { values[$0] }, table: values[table], key: values[key],
                    rows: values[rows])
            }
        }
    }

    /// Reports names that stand twice, and rows without a whole key.
    ///
    /// - Parameter fold: what makes two names one.
    /// - Returns: the rows that have one.
    public func soundRows(
        _ table: ObjectID, _ context: inout DecodingContext, fold: (String) -> String = { $0 }
    ) -> [Spanned<Row>] {
        ColumnMention(table: table, columns: key).reportRepeated(&context, fold: fold)
        return rows.filter { row in
            let names = row.value.map(\.name)
            ColumnMention(table: table, columns: names).reportRepeated(&context, fold: fold)
            let given = row.value.filter { $0.value != .null }.map { ByteText(fold($0.name.value)) }
            if key.allSatisfy({ given.contains(ByteText(fold($0.value))) }) { return true }
            context.report(
                .error(
                    "incomplete", "the row lacks a value of the key", at: row.span,
                    help: "give it \(key.map(\.value).joined(separator: ", "))"))
            return false
        }
    }

    /// The columns that a row gives, in the order of their names.
    public static func sorted(
        _ row: Row, fold: (String) -> String = { $0 }
    ) -> [Row.Entry] {
        row.sorted { fold($0.name.value).precedesByBytes(fold($1.name.value)) }
    }
}
