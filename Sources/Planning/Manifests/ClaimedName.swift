public import SchemaCore

/// A name in a name space, which one declared object can have.
public struct ClaimedName: Sendable {
    /// The names that lead to it.
    public let path: [ByteText]
    /// For a name space of several kinds, which share it and why: `tables and views share their
    /// names`. Nil for an object's own address.
    public let sharedBy: String?

    /// The address of an object, which is its own.
    public init(address id: ObjectID) {
        path = ([id.kind.rawValue] + id.path).map(ByteText.init)
        sharedBy = nil
    }

    /// A name that kinds share.
    public init(_ path: [String], sharedBy reason: String) {
        self.path = path.map(ByteText.init)
        sharedBy = reason
    }
}

extension ClaimedName: Hashable {}

extension ClaimedName {
    /// What is declared where something else is.
    ///
    /// - Parameter names: what an object claims, its address first.
    public static func conflicts<Object: CatalogObject>(
        of objects: [Object], names: (Object) -> [ClaimedName]
    ) -> [Diagnostic] {
        var out: [Diagnostic] = []
        var seen: [ClaimedName: Object] = [:]
        for object in objects {
            for name in names(object) {
                guard let first = seen[name] else {
                    seen[name] = object
                    continue
                }
                out.append(conflict(object, first, name))
                break
            }
        }
        return out
    }

    private static func conflict<Object: CatalogObject>(
        _ object: Object, _ first: Object, _ name: ClaimedName
    ) -> Diagnostic {
        let notes = [Diagnostic.Note("\(first.id) is declared here", at: first.span)]
        guard let reason = name.sharedBy else {
            return .error(
                "duplicate-object", "\(object.id.subject ?? object.id) is declared twice",
                at: object.span, help: "remove or rename one of the two", notes: notes)
        }
        return .error(
            "duplicate-name", "\(object.id) has the name of \(first.id): \(reason)",
            at: object.span, help: "rename one of the two", notes: notes)
    }
}
