public import SchemaCore
internal import Synchronization

/// What manifests mean, before a server has read it.
public struct Lowering<Object: CatalogObject>: Sendable {
    /// What a steady state needs of it.
    public let summary: LoweringSummary
    /// Everything that is wrong.
    public let diagnostics: [Diagnostic]
    private let content: Once<Content>

    private struct Content: Sendable {
        var objects: [Object]
        var renames: [RequestedRename]
    }

    /// Makes the value.
    public init(
        summary: LoweringSummary, objects: [Object], renames: [RequestedRename],
        diagnostics: [Diagnostic]
    ) {
        self.summary = summary
        self.diagnostics = diagnostics
        content = Once { Content(objects: objects, renames: renames) }
    }

    /// Makes the value of what an earlier run kept: the manifests are read when their objects are
    /// asked for, which a target in its desired state never does.
    ///
    /// - Parameter lower: reads the same manifests, which have no diagnostics.
    public init(kept summary: LoweringSummary, lower: @escaping @Sendable () -> Self) {
        self.summary = summary
        diagnostics = []
        content = Once { lower().content.value }
    }

    /// The objects in the order of the manifests; parents before their children.
    public var objects: [Object] { content.value.objects }
    /// What `renamedFrom` asks for.
    public var renames: [RequestedRename] { content.value.renames }
    /// The schemas that the manifests name.
    public var scope: Scope { summary.scope }
    /// Whether there was any manifest at all.
    public var hasManifests: Bool { summary.hasManifests }
    /// Objects that no manifest declares and that declared ones cannot be without. They are made
    /// where they lack, never recorded as applied, and so never dropped.
    public var implied: Set<ObjectID> { summary.implied }
}

/// A value that is made when it is first asked for.
private final class Once<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)
    private let make: @Sendable () -> Value

    init(_ make: @escaping @Sendable () -> Value) { self.make = make }

    var value: Value {
        made.withLock { made in
            if let made { return made }
            let value = make()
            made = value
            return value
        }
    }
}
