internal import Manifest
internal import Planning
internal import SchemaCore

/// `kind: Data`: rows of a table.
struct DataSpec: Sendable {
    typealias Row = OrderedMapping<DataDefinition.Value>

    var table: Spanned<String>
    var key: [Spanned<String>]
    var rows: [Spanned<Row>]

    static let decoding = Decoding<DataSpec>.object("data") { fields in
        let table = fields.required("table", .name, "The table.")
        let key = fields.required(
            "key", .columnNames, "The columns that tell rows apart: a key of the table.")
        let rows = fields.required(
            "rows", .list(of: Decoding<Row>.mapping(of: .rowValue).spanned),
            "The rows: values by the names of columns. What columns are not named, others may set.")
        return { DataSpec(table: $0[table], key: $0[key], rows: $0[rows]) }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        let id = ObjectID.table(table.value)
        builder.mention(
            ForeignKeyMention(target: id, tableSpan: table.span, columns: key, count: key.count))
        ColumnMention(table: id, columns: key).reportRepeated(&context) { $0.asciiFolded }
        for row in rows {
            let names = row.value.map(\.name)
            builder.mention(names, of: id)
            ColumnMention(table: id, columns: names).reportRepeated(&context) { $0.asciiFolded }
            let sorted = row.value.sorted {
                $0.name.value.asciiFolded.precedesByBytes($1.name.value.asciiFolded)
            }
            let definition = DataDefinition(
                table: table.value, key: key.map(\.value), columns: sorted.map(\.name.value),
                values: sorted.map(\.value))
            guard !definition.keyValues.contains(.null) else {
                context.report(
                    .error(
                        "incomplete", "the row lacks a value of the key", at: row.span,
                        help: "give it \(key.map(\.value).joined(separator: ", "))"))
                continue
            }
            builder.add(definition.id, .data(definition), at: row.span)
        }
    }
}

extension Decoding where Value == DataDefinition.Value {
    /// A value of a row: null, a number, true and false for 1 and 0, a text, or
    /// `{ blob: 00FF }`.
    static var rowValue: Decoding {
        let scalar: JSONValue = ["string", "number", "boolean", "null"]
        let blob = Decoding.object("blob") { fields in
            let digits = fields.required("blob", .string, "Its bytes in hexadecimal digits.")
            return { values in
                let text = values[digits].asciiUppercased
                let isWhole =
                    text.utf8.count % 2 == 0
                    && text.utf8.allSatisfy {
                        (0x30...0x39).contains($0) || (0x41...0x46).contains($0)
                    }
                guard isWhole else {
                    values.report(
                        .error(
                            "invalid-blob", "a blob is not written in pairs of hexadecimal digits",
                            at: values.keySpan(digits), help: "write it as in 00FF"))
                    return nil
                }
                return .blob(text)
            }
        }
        return Decoding(
            schema: JSONSchema(
                ["anyOf": [["type": scalar], blob.schema.value]], including: [blob.schema]),
            layout: blob.layout
        ) { node, context in
            guard let text = node.text else { return blob.decode(node, &context) }
            if node.isNull { return .null }
            guard node.style == .plain, node.tag != .string else { return .text(text) }
            return plain(text, node, &context)
        }.named("RowValue")
    }

    /// What is not written as one writes a number could be meant as a text.
    private static func plain(
        _ text: String, _ node: YAMLNode, _ context: inout DecodingContext
    ) -> DataDefinition.Value? {
        if text == "true" || text == "false" { return .integer(text == "true" ? 1 : 0) }
        let digits = text.drop { "+-.".contains($0) }
        guard let first = digits.utf8.first, (0x30...0x39).contains(first),
            let number = Double(text)
        else { return .text(text) }
        if let whole = Int64(text), String(whole) == text { return .integer(whole) }
        let shortest = "\(number)"
        if let written = DecimalText(text), written.hasPoint, written == DecimalText(shortest) {
            return .real(shortest)
        }
        let isWhole = !text.contains(".") && !text.contains("e") && !text.contains("E")
        let whole = isWhole ? Int64(exactly: number).map(String.init) : nil
        context.report(
            .error(
                "ambiguous-number", "\(text) could be a number or a text", at: node.span,
                help: "write '\(text)' for the text, or the number as \(whole ?? shortest)"))
        return nil
    }
}

/// A number as it is usually written, by its digits: `-0.25`, `1e+300`, but not `007` or `1.50`,
/// which numbers would not give back.
private struct DecimalText: Equatable {
    private var isNegative = false
    private var digits: [UInt8] = []
    /// How many of the digits stand before the point.
    private var places = 0
    /// Whether it cannot be meant as an integer.
    let hasPoint: Bool

    init?(_ text: String) {
        var rest = Substring(text)
        if rest.hasPrefix("-") { isNegative = true; rest.removeFirst() }
        let parts = rest.split(
            maxSplits: 1, omittingEmptySubsequences: false
        ) { $0 == "e" || $0 == "E" }
        let halves = parts[0].split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let (whole, fraction) = (
            Array(halves[0].utf8), Array((halves.dropFirst().first ?? "").utf8)
        )
        let zero = UInt8(ascii: "0")
        guard (whole + fraction).allSatisfy({ (0x30...0x39).contains($0) }), !whole.isEmpty,
            whole.count == 1 || whole[0] != zero, halves.count == 1 || !fraction.isEmpty,
            fraction == [zero] || fraction.last != zero
        else { return nil }
        var exponent = 0
        if parts.count == 2 {
            guard let read = Int(parts[1]), abs(read) < 1_000 else { return nil }
            exponent = read
        }
        hasPoint = parts.count == 2 || halves.count == 2
        digits = whole + fraction
        places = whole.count + exponent
        while digits.first == zero { digits.removeFirst(); places -= 1 }
        while digits.last == zero { digits.removeLast() }
        if digits.isEmpty { places = 0 }
    }

    static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.isNegative == rhs.isNegative && lhs.digits == rhs.digits && lhs.places == rhs.places
    }
}
