// Owns the form in which text is about to be written: what the formatter makes of a source and
// the emitter of values, so that both have one canonical form.

/// A value about to be written.
indirect enum YAMLLaidOut {
    /// A text; `isPlain` keeps numbers and truth values without quotes.
    case scalar(String, isPlain: Bool)
    case null
    case mapping([YAMLSlot], isFlow: Bool)
    case sequence([YAMLSlot], isFlow: Bool)
}

/// An entry of a mapping or an item of a list about to be written.
struct YAMLSlot {
    /// Lines before it: comments with their `#`, and empty lines.
    var leading: [String] = []
    /// A comment behind it on its line.
    var trailing: String?
    /// The key; nil for an item.
    var key: String?
    /// Whether the key stays without quotes although it looks like a number or truth value.
    var keyIsPlain = false
    var value: YAMLLaidOut
}

/// A document about to be written.
struct YAMLPage {
    /// Comments and empty lines before the first entry.
    var head: [String] = []
    var root: YAMLLaidOut
    /// Comments behind the last entry.
    var tail: [String] = []
}
