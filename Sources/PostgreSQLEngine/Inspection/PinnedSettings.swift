// Owns the settings under which both sides of a comparison are built, read and changed.

public import PostgreSQLClient

extension PostgreSQLConnection {
    /// Gives the session the settings on which the server's printed expressions depend, so that
    /// equal definitions have equal texts on every server and for every role.
    ///
    /// - Parameter isLocal: Whether they end with the open transaction.
    public func pinSettings(isLocal: Bool = false) async throws(PostgreSQLError) {
        let calls = PinnedSettings.values.indices.map { number in
            "pg_catalog.set_config($\(2 * number + 1), $\(2 * number + 2), \(isLocal))"
        }
        try await query(
            "SELECT \(calls.joined(separator: ", "))",
            PinnedSettings.values.flatMap { [$0.name, $0.value] })
    }
}

/// What `pinSettings` sets.
enum PinnedSettings {
    /// Names and values. An empty search path makes the server qualify all names that are not its
    /// own; `jit` would compile catalog queries for longer than they run.
    static let values: [(name: String, value: String)] = [
        ("search_path", ""),
        ("TimeZone", "UTC"),
        ("DateStyle", "ISO, YMD"),
        ("IntervalStyle", "postgres"),
        ("extra_float_digits", "1"),
        ("quote_all_identifiers", "off"),
        ("bytea_output", "hex"),
        ("xmloption", "content"),
        ("xmlbinary", "base64"),
        ("lc_monetary", "C"),
        ("array_nulls", "on"),
        ("transform_null_equals", "off"),
        ("standard_conforming_strings", "on"),
        ("jit", "off"),
    ]
}
