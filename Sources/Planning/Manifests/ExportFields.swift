public import Manifest
public import SchemaCore

/// The fields of a manifest or of a part of one, in order.
public struct ExportFields: Sendable {
    /// The keys with their values.
    public private(set) var entries: [(String, YAMLValue)] = []

    /// None yet.
    public init() {}

    /// A document's first fields.
    public init(kind: String, schema: String? = nil, name: String? = nil) {
        entries = [("apiVersion", .text(ManifestDocument.apiVersion)), ("kind", .text(kind))]
        if let schema { add("schema", .text(schema)) }
        add("name", text: name)
    }

    /// Adds a field.
    public mutating func add(_ key: String, _ value: YAMLValue) { entries.append((key, value)) }
    /// Adds a text, if there is one.
    public mutating func add(_ key: String, text: String?) {
        if let text { add(key, .text(text)) }
    }
    /// Adds SQL, if there is any.
    public mutating func add(_ key: String, sql: VerbatimSQL?) {
        if let sql { add(key, .plain(sql.text)) }
    }
    /// Adds `true`, if it is.
    public mutating func add(_ key: String, flag: Bool) {
        if flag { add(key, .boolean(true)) }
    }
    /// Adds a list of names, if there are any.
    public mutating func add(_ key: String, names: [String]) {
        if !names.isEmpty { add(key, .names(names)) }
    }
    /// Adds names with texts, if there are any.
    public mutating func add(_ key: String, texts: [String: String]) {
        guard !texts.isEmpty else { return }
        let sorted = texts.sorted { $0.key < $1.key }
        add(key, .flowMapping(sorted.map { ($0.key, .plain($0.value)) }))
    }

    /// Whether nothing was added.
    public var isEmpty: Bool { entries.isEmpty }
}

extension YAMLValue {
    /// A list of names on one line.
    public static func names(_ names: [String]) -> YAMLValue {
        .flowSequence(names.map { .text($0) })
    }
}
