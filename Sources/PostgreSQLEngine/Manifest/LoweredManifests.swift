public import Planning
public import SchemaCore

/// What manifests mean, before a server has read it.
public struct LoweredManifests: Sendable {
    /// The objects in the order of the manifests; parents before their children. Schemas that
    /// objects name are among them even where no manifest declares them: those have no span.
    public var objects: [PostgreSQLObject]
    /// What `renamedFrom` asks for.
    public var renames: [RequestedRename]
    /// Everything that is wrong.
    public var diagnostics: [Diagnostic]

    /// Makes the value.
    public init(
        objects: [PostgreSQLObject] = [], renames: [RequestedRename] = [],
        diagnostics: [Diagnostic] = []
    ) {
        self.objects = objects
        self.renames = renames
        self.diagnostics = diagnostics
    }
}
