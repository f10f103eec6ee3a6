/// One addressable object of a database, as values native to its engine.
///
/// Equality means "the same definition": what a person or the server may vary without meaning
/// (dependencies, which follow from the definition; the position of a column) takes no part in it,
/// nor in the encoding that digests are taken of.
public protocol CatalogObject: Hashable, Sendable, Codable {
    /// Its address.
    var id: ObjectID { get }
    /// What it belongs to and vanishes with: a column's table.
    var parent: ObjectID? { get }
    /// What it cannot be without. Follows the engine's own dependency records.
    var dependencies: Set<ObjectID> { get }
    /// The definition's digest.
    var digest: Digest { get }
    /// Where a manifest declares it; nil for what a server told.
    var span: SourceSpan? { get }
    /// Whether no manifest could give it as it stands there, so that it is no fault of theirs that
    /// they do not: it is left alone unless it is declared or was applied itself.
    var isBeyondManifests: Bool { get }
    /// For what belongs to no schema: the schemas to which it is tied. A run that manages all of
    /// these manages it as well.
    var homes: [String] { get }
    /// For what is managed only where manifests state it, the object that has to be declared for
    /// that: mostly itself. Nil for all that is managed with what it belongs to.
    var statedBy: ObjectID? { get }
}

extension CatalogObject {
    /// Nowhere.
    public var span: SourceSpan? { nil }
    /// It is not.
    public var isBeyondManifests: Bool { false }
    /// None.
    public var homes: [String] { [] }
    /// Nothing has to be.
    public var statedBy: ObjectID? { nil }
}

/// The set of objects of one database, by address.
public struct Catalog<Object: CatalogObject>: Sendable, Equatable {
    /// The objects by address.
    public private(set) var objects: [ObjectID: Object]

    /// An empty catalog.
    public init() { objects = [:] }

    /// A catalog of these objects; of two with one address the later stays.
    public init(_ objects: some Sequence<Object>) {
        self.objects = [:]
        self.objects.reserveCapacity(objects.underestimatedCount)
        for object in objects { self.objects[object.id] = object }
    }

    /// The object at an address; setting nil removes it.
    public subscript(id: ObjectID) -> Object? {
        get { objects[id] }
        set { objects[id] = newValue }
    }

    /// Puts an object at its address.
    public mutating func insert(_ object: Object) { objects[object.id] = object }

    /// All addresses in order.
    public var ids: [ObjectID] { objects.keys.sorted() }

    /// All objects in the order of their addresses.
    public var sorted: [Object] { objects.values.sorted { $0.id < $1.id } }

    /// How many objects there are.
    public var count: Int { objects.count }

    /// The objects that belong directly to each, by parent, in order.
    public func childrenByParent() -> [ObjectID: [ObjectID]] {
        var out: [ObjectID: [ObjectID]] = [:]
        for object in objects.values {
            if let parent = object.parent { out[parent, default: []].append(object.id) }
        }
        return out.mapValues { $0.sorted() }
    }

    /// What depends directly on each object, by the object that is depended on; parents count as
    /// dependencies of their children.
    public func dependants() -> [ObjectID: Set<ObjectID>] {
        var out: [ObjectID: Set<ObjectID>] = [:]
        for object in objects.values {
            for dependency in object.dependencies { out[dependency, default: []].insert(object.id) }
            if let parent = object.parent { out[parent, default: []].insert(object.id) }
        }
        return out
    }

    /// The part of the catalog for which `isIncluded` holds.
    public func filter(_ isIncluded: (Object) -> Bool) -> Catalog {
        Catalog(objects.values.lazy.filter(isIncluded))
    }

    /// SHA-256 over the digests of all objects in the order of their addresses.
    public var fingerprint: Digest {
        Fingerprint.of(pairs: objects.values.lazy.map { ($0.id, $0.digest) })
    }
}

extension Catalog: Codable {
    /// Coded as its objects in order.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([Object].self))
    }
    /// Coded as its objects in order.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(sorted)
    }
}

/// How the digests of objects make the fingerprint of a catalog.
public enum Fingerprint {
    /// SHA-256 over `address NUL digest LF` in the order of the addresses.
    public static func of(_ digests: [ObjectID: Digest]) -> Digest {
        of(pairs: digests.lazy.map { ($0.key, $0.value) })
    }

    fileprivate static func of(pairs: some Collection<(ObjectID, Digest)>) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pairs.count * 120)
        // Joined by NUL, which no name holds, paths are in the same order as name by name, and
        // compared faster.
        let keyed = pairs.map { (key: $0.0.sortKey, id: $0.0, digest: $0.1) }
        for (_, id, digest) in keyed.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            bytes.append(contentsOf: id.kind.rawValue.utf8)
            for name in id.path {
                bytes.append(0x1f)
                bytes.append(contentsOf: name.utf8)
            }
            bytes.append(0)
            bytes.append(contentsOf: digest.description.utf8)
            bytes.append(0x0a)
        }
        return Digest(of: bytes)
    }
}

extension ObjectID {
    fileprivate var sortKey: String {
        var key = kind.rawValue
        for name in path {
            key += "\0"
            key += name
        }
        return key
    }
}
