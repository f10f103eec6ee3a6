public import SchemaCore

/// Finds a drop and a creation that look like a rename: suggested, never guessed.
public enum RenameSuspicion {
    /// A warning for each object that is dropped while one of its kind, under the same parent, with
    /// the same definition and the same children, is created.
    public static func warnings<Object>(for changes: [Change<Object>]) -> [Diagnostic] {
        var created: [Object] = []
        var dropped: [Object] = []
        for change in changes {
            switch change {
            case .create(let object): created.append(object)
            case .drop(let object): dropped.append(object)
            case .alter: break
            }
        }
        let candidates = Dictionary(grouping: created, by: Likeness.of(created))
        let likeness = Likeness.of(dropped)
        return dropped.compactMap { object in
            guard object.id.subject == nil, let twins = candidates[likeness(object)],
                twins.count == 1
            else { return nil }
            let twin = twins[0].id
            return .warning(
                "looks-like-rename",
                "\(object.id) is dropped and \(twin) is created with the same definition",
                help: "if it is the same, say renamedFrom: \(object.id.name) on \(twin.name)")
        }
    }
}

/// What two objects have in common that may be one.
private struct Likeness: Hashable {
    let kind: ObjectKind
    let parent: ObjectID?
    let digest: Digest
    /// The children by name.
    let children: [String: Digest]

    /// Gives the likeness of objects whose children are among `objects`.
    static func of<Object: CatalogObject>(_ objects: [Object]) -> (Object) -> Likeness {
        var children: [ObjectID: [String: Digest]] = [:]
        for object in objects {
            guard let parent = object.parent, object.id.subject == nil else { continue }
            children[parent, default: [:]]["\(object.id.kind.rawValue) \(object.id.name)"] =
                object.digest
        }
        return { object in
            Likeness(
                kind: object.id.kind, parent: object.parent, digest: object.digest,
                children: children[object.id] ?? [:])
        }
    }
}
