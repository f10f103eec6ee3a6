/// What differs between two catalogs at one address. It says what, never how.
public enum Change<Object: CatalogObject>: Hashable, Sendable {
    /// It is to come.
    case create(Object)
    /// It is to go.
    case drop(Object)
    /// It is to be another.
    case alter(from: Object, to: Object)

    /// The address.
    public var id: ObjectID {
        switch self {
        case .create(let object), .drop(let object): object.id
        case .alter(_, let object): object.id
        }
    }
}

/// An object that keeps its identity under another address.
public struct Rename: Hashable, Sendable, Codable {
    /// The address it has in the live catalog.
    public let from: ObjectID
    /// The address it gets.
    public let to: ObjectID

    /// Makes a rename.
    public init(from: ObjectID, to: ObjectID) {
        self.from = from
        self.to = to
    }
}

/// What differs, in the order of the addresses. It names no kind: equality decides.
public func difference<Object>(
    from live: Catalog<Object>, to desired: Catalog<Object>
) -> [Change<Object>] {
    var changes: [Change<Object>] = []
    for (id, wanted) in desired.objects {
        guard let present = live[id] else {
            changes.append(.create(wanted))
            continue
        }
        if present != wanted { changes.append(.alter(from: present, to: wanted)) }
    }
    for (id, present) in live.objects where desired[id] == nil { changes.append(.drop(present)) }
    return changes.sorted { $0.id < $1.id }
}
