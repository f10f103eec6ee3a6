/// A declared field of an object: the key to its decoded value.
public struct Field<Value: Sendable>: Sendable {
    let index: Int
}
