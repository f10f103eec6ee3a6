/// A declared field of an object: the key to its decoded value.
public struct Field<Value: Sendable>: Sendable {
    let index: Int
}

/// A decoded value of any type; always a `FieldValue`.
class AnyFieldValue: @unchecked Sendable {}

/// A decoded value. A class of its own type, so that reading it back is one comparison of types
/// and copies nothing.
final class FieldValue<Value: Sendable>: AnyFieldValue, @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
