import SchemaCore

/// Writes a report as JSON.
enum ReportJSON {
    static func text(_ report: some Encodable) -> String {
        do {
            return TerminalSafe.json(try CanonicalJSON.pretty(report))
        } catch {
            preconditionFailure("a report could not be encoded: \(error)")
        }
    }
}
