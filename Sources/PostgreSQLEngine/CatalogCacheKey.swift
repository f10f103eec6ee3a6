// Owns under which name a canonical catalog is kept. Invariant: whatever can change what the
// server prints, or what Lockstep makes of it, is in the key; so an entry never has to be
// checked against anything but its key.

internal import Foundation
public import Planning
public import SchemaCore

/// The name of a cached canonical catalog.
public struct CatalogCacheKey: Hashable, Sendable {
    /// SHA-256 over everything that the catalog follows from.
    public let digest: Digest

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - desired: what the catalog was made from: the digest of the lowered objects, or the
    ///     text of all manifests, so that a warm run need not even read their YAML.
    ///   - traits: the target's.
    ///   - searchPath: the project's.
    ///   - build: which Lockstep made it; see `runningBuild`.
    public init(
        desired: Digest, traits: ScratchTraits, scope: Scope, searchPath: [String],
        build: String = CatalogCacheKey.runningBuild
    ) {
        var text = ""
        func add(_ name: String, _ value: String) {
            text += "\(name) \(value.utf8.count) \(value)\n"
        }
        add("format", String(CatalogCache.format))
        add("build", build)
        add("desired", desired.description)
        add("traits", traits.digest.description)
        add("everything", String(scope.isEverything))
        for schema in scope.schemas { add("schema", schema) }
        for schema in searchPath { add("path", schema) }
        digest = Digest(of: text)
    }

    /// The digest of objects as manifests lowered them, in any order.
    public static func desired(_ objects: some Sequence<PostgreSQLObject>) -> Digest {
        var digests: [String] = []
        for object in objects {
            digests.append(
                "\(object.id.kind.rawValue) \(object.position) \(object.digest)\u{1}"
                    + object.id.path.joined(separator: "\u{0}"))
        }
        return Digest(of: digests.sorted().joined(separator: "\u{2}"))
    }

    /// Which program runs: an entry that another build wrote is not used, since it may have read
    /// the server's catalog in another way.
    public static let runningBuild: String = {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return "unknown" }
        return "\(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec) "
            + "\(status.st_mtim.tv_nsec)"
    }()
}
