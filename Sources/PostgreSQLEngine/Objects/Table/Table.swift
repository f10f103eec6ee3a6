/// An ordinary table without its children, which are objects of their own.
public struct TableDefinition: Hashable, Codable, Sendable {
    /// Whether it is crash-safe (`pg_class.relpersistence`).
    public var isUnlogged: Bool
    /// Storage parameters by name, for example `fillfactor: 70`; those of the TOAST table are
    /// prefixed with `toast.`.
    public var options: [String: String]

    /// Makes the definition.
    public init(isUnlogged: Bool = false, options: [String: String] = [:]) {
        self.isUnlogged = isUnlogged
        self.options = options
    }
}
