public import SchemaCore

/// A value with the place it was written at. Two are equal if their values are: the place only
/// serves to point into the manifest.
public struct Spanned<Value: Sendable>: Sendable {
    /// The value.
    public let value: Value
    /// Where it was written.
    public let span: SourceSpan

    /// Joins a value and its place.
    public init(_ value: Value, at span: SourceSpan) {
        self.value = value
        self.span = span
    }

    /// Another value at the same place.
    public func map<Other: Sendable>(_ transform: (Value) -> Other) -> Spanned<Other> {
        Spanned<Other>(transform(value), at: span)
    }
}

extension Spanned: Equatable where Value: Equatable {
    /// Compares the values.
    public static func == (lhs: Spanned, rhs: Spanned) -> Bool { lhs.value == rhs.value }
}

extension Spanned: Hashable where Value: Hashable {
    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }
}
