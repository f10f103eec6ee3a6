public import Manifest
public import SchemaCore

/// What a key of an index is made of.
public enum ColumnOrExpression: Sendable {
    /// A column, with its place.
    case column(Spanned<String>)
    /// An expression.
    case expression(VerbatimSQL)

    /// A column's name, or an expression in parentheses.
    public static let short = Decoding<Spanned<String>>.name.map { text in
        text.value.hasPrefix("(") && text.value.hasSuffix(")")
            ? ColumnOrExpression.expression(VerbatimSQL(text.value, at: text.span))
            : ColumnOrExpression.column(text)
    }

    /// The column, if it is one.
    public var column: Spanned<String>? {
        if case .column(let name) = self { name } else { nil }
    }

    /// The short form of a column's name, if it has one: what looks like an expression has not.
    public static func shortened(column name: String) -> YAMLValue? {
        name.hasPrefix("(") && name.hasSuffix(")") ? nil : .text(name)
    }

    /// The fields of the long form.
    public struct Fields: Sendable {
        private let column: Field<Spanned<String>?>
        private let expression: Field<VerbatimSQL?>

        /// Declares them.
        public init(_ fields: ObjectFields) {
            column = fields.optional("column", .name, "The column.")
            expression = fields.optional(
                "expression", .sql, "The expression, in place of a column.")
        }

        /// What is given; nil if that is both or neither, which is reported.
        public func read(_ values: ObjectValues) -> ColumnOrExpression? {
            switch (values[column], values[expression]) {
            case (let column?, nil): return .column(column)
            case (nil, let expression?): return .expression(expression)
            case (nil, nil):
                values.report(
                    .error(
                        "incomplete", "the key has neither a column nor an expression",
                        at: values.firstLine, help: "add column: … or expression: …"))
                return nil
            case (_?, _?):
                values.report(
                    .error(
                        "contradiction", "the key has a column and an expression",
                        at: values.keySpan(expression), help: "keep one of the two"))
                return nil
            }
        }
    }
}
