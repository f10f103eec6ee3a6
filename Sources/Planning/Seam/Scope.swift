/// What part of a database is looked at.
public struct Scope: Hashable, Codable, Sendable {
    /// The schemas, in order. Empty for an engine or a database without schemas.
    public var schemas: [String]
    /// Whether every schema that is not the server's own is meant; then `schemas` is empty.
    public var isEverything: Bool

    /// Makes a scope of some schemas.
    public init(schemas: some Sequence<String>) {
        self.schemas = Set(schemas).sorted()
        isEverything = false
    }

    private init() {
        schemas = []
        isEverything = true
    }

    /// All that is not the server's own.
    public static let everything = Scope()
}
