/// Which files of a tree a source reads.
public struct FileSelection: Sendable {
    /// Whether the file at this path, from the root of the tree, is read.
    public let contains: @Sendable (_ path: String) -> Bool

    /// Selects by a predicate on paths.
    public init(_ contains: @escaping @Sendable (_ path: String) -> Bool) {
        self.contains = contains
    }

    /// `*.yaml` and `*.yml`, without the project's own `lockstep.yaml`.
    public static let manifests = FileSelection { path in
        (path.hasSuffix(".yaml") || path.hasSuffix(".yml")) && path != "lockstep.yaml"
    }

    /// Exactly one path.
    public static func path(_ path: String) -> FileSelection { FileSelection { $0 == path } }

    /// Files whose name ends so, for example `.sql`.
    public static func suffix(_ suffix: String) -> FileSelection {
        FileSelection { $0.hasSuffix(suffix) }
    }

    /// What either selects.
    public static func || (lhs: FileSelection, rhs: FileSelection) -> FileSelection {
        FileSelection { lhs.contains($0) || rhs.contains($0) }
    }
}
