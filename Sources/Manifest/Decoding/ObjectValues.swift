public import SchemaCore

/// The decoded values of an object's fields.
public final class ObjectValues {
    /// Where the object was written.
    public let span: SourceSpan
    let storage: [(any Sendable)?]
    private let keySpans: [SourceSpan?]
    private(set) var readMask: UInt64 = 0
    private(set) var diagnostics: [Diagnostic] = []

    init(span: SourceSpan, storage: [(any Sendable)?], keySpans: [SourceSpan?]) {
        self.span = span
        self.storage = storage
        self.keySpans = keySpans
    }

    /// The value of a field.
    public subscript<Value>(field: Field<Value>) -> Value {
        readMask |= 1 << UInt64(field.index)
        guard let boxed = storage[field.index], let value = boxed as? Value else {
            preconditionFailure("a field was read from another object than declared it")
        }
        return value
    }

    /// Where the key of a field stands; nil where the field was left out.
    public func keySpan<Value>(_ field: Field<Value>) -> SourceSpan? { keySpans[field.index] }

    /// Reports something about the object as a whole, such as fields that exclude each other.
    public func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
}
