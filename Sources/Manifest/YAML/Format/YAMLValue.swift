/// A value to be written as YAML: what `import` builds.
public indirect enum YAMLValue: Sendable {
    /// A text; quoted where it would read as a number, a truth value or null.
    case text(String)
    /// A text that stays without quotes although it looks like a number or a truth value: SQL
    /// such as `0`.
    case plain(String)
    /// `true` or `false`.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// `null`.
    case null
    /// Names with values, in this order, a line each.
    case mapping([(String, YAMLValue)])
    /// Names with values, on one line where they fit.
    case flowMapping([(String, YAMLValue)])
    /// A list, an item a line.
    case sequence([YAMLValue])
    /// A list, on one line where it fits.
    case flowSequence([YAMLValue])
    /// Comment lines (without `#`) before the entry or item that holds this value.
    case commented([String], YAMLValue)
}
