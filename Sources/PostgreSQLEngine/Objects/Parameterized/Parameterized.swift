public import SchemaCore

/// An object that `CREATE` makes of a list of parameters: `CREATE AGGREGATE … (sfunc = …)`.
public struct ParameterizedDefinition: Hashable, Codable, Sendable {
    /// What it is.
    public enum Sort: String, Hashable, Codable, CaseIterable, Sendable {
        case aggregate, rangeType, baseType, collation, `operator`
        case textSearchDictionary, textSearchTemplate, textSearchParser
    }

    /// What it is.
    public var sort: Sort
    /// What the server prints in one piece: the arguments of an aggregate with their names, the
    /// options of a dictionary; nil for what has none.
    public var text: VerbatimSQL?
    /// The values by the server's own names for the parameters. What is as the server would
    /// choose it is left out.
    public var parameters: Parameters

    /// Values by name; equal ones have equal bytes.
    public struct Parameters: Hashable, Codable, Sendable {
        private struct Entry: Hashable, Codable {
            var name: String
            var value: VerbatimSQL
        }
        private var entries: [Entry] = []

        /// Makes it of names and values.
        public init(_ values: some Sequence<(String, VerbatimSQL)>) {
            entries = values.map { Entry(name: $0, value: $1) }.sorted { $0.name < $1.name }
        }

        /// Which have a value.
        public var names: Set<String> { Set(entries.map(\.name)) }

        /// The value of a parameter.
        public subscript(name: String) -> VerbatimSQL? {
            entries.first { $0.name == name }?.value
        }

        /// Without some of them.
        public func without(_ names: [String]) -> Parameters {
            var out = self
            out.entries.removeAll { names.contains($0.name) }
            return out
        }
    }
}
