public import SchemaCore

/// The decoded values of an object's fields.
public final class ObjectValues {
    /// Where the object was written.
    public let span: SourceSpan
    private let entries: [YAMLEntry]
    private let values: [AnyFieldValue?]
    /// For each field its place in `entries`, or -1.
    private let places: [Int]
    private(set) var readMask: UInt64 = 0
    private(set) var diagnostics: [Diagnostic] = []

    init(_ node: YAMLNode, values: [AnyFieldValue?], places: [Int]) {
        span = node.span
        entries = node.entries
        self.values = values
        self.places = places
    }

    /// The value of a field.
    public subscript<Value>(field: Field<Value>) -> Value {
        readMask |= 1 << UInt64(field.index)
        guard let value = values[field.index] as? FieldValue<Value> else {
            preconditionFailure("a field was read from another object than declared it")
        }
        return value.value
    }

    /// Where the key of a field stands; nil where the field was left out.
    public func keySpan<Value>(_ field: Field<Value>) -> SourceSpan? {
        let place = places[field.index]
        return place < 0 ? nil : entries[place].key.span
    }

    /// Reports something about the object as a whole, such as fields that exclude each other.
    public func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

    /// The start of the object, for what concerns all of it.
    public var firstLine: SourceSpan {
        let start = span.start
        let end =
            span.end.line == start.line
            ? span.end : SourceSpan.Position(line: start.line, column: start.column + 1)
        return SourceSpan(file: span.file, start: start, end: end)
    }
}
