public import SchemaCore

/// An object that `CREATE` makes of clauses, each of which says one thing: a cast, a conversion, a
/// foreign server.
public struct ClauseDefinition: Hashable, Codable, Sendable {
    /// What it is.
    public enum Sort: String, Hashable, Codable, CaseIterable, Sendable {
        case cast, conversion, textSearchConfiguration, operatorFamily, operatorClass
        case eventTrigger, foreignDataWrapper, foreignServer, userMapping
        case language, transform, accessMethod, subscription, shellType
    }

    /// What it is.
    public var sort: Sort
    /// What the clauses say, by the names of the manifest's fields. What is as the server would
    /// choose it is left out, and so is what the address says already.
    public var values: ParameterizedDefinition.Parameters
    /// What has names of its own: the options of a server, the mappings of a text search
    /// configuration. Never a secret.
    public var texts: [String: String]
    /// What it consists of, in order: the operators and functions of a class, the tags of an
    /// event trigger.
    public var members: [VerbatimSQL]
}
