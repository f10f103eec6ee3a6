// Owns the example project that the demo works with: a web shop in two versions.

/// The files of `examples/shop`, held by the binary so that `lockstep demo` needs nothing else.
enum ShopExample {
    /// The paths and texts of version 1.
    static var first: [String: String] { tables.merging(rest) { $1 } }
    /// The rows for version 1.
    static var rows: String { seed.values.joined() }
}
