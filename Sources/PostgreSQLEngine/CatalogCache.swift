// Owns the folder in which canonical catalogs are kept between runs. Invariants: an entry is
// whole or absent (written beside, then renamed); an entry that does not match its own checksums
// is as good as absent; nothing in here is needed for correctness, so failing to write is no error.

internal import Foundation
public import Planning
public import SchemaCore

/// Canonical catalogs on disk.
///
/// An entry is a summary with the fingerprint in its first line and the digest of each object
/// behind it, which is all that a target in its desired state needs; and, beside it, the catalog,
/// which is read only when there is something to plan. A summary that is found by the text of
/// manifests has no catalog; a third file tells what was read of such a text.
public struct CatalogCache: Sendable {
    /// Counts up when the files or the meaning of a catalog change.
    static let format = 3

    /// A catalog's file starts with the digest of the rest, in so many bytes.
    private static let sumLength = 71

    /// The folder; made when something is first stored.
    public let directory: String
    /// How many entries are kept; those used longest ago go first.
    public let limit: Int

    /// A cache in a folder of its own.
    public init(directory: String, limit: Int = 128) {
        self.directory = directory
        self.limit = limit
    }

    /// The catalog's fingerprint, from the first line of its summary.
    public func fingerprint(for key: CatalogCacheKey) -> Digest? {
        guard isTrusted, let bytes = read(summaryPath(key), atMost: 512) else { return nil }
        return Header(bytes)?.fingerprint
    }

    /// The digest of each object, and the fingerprint.
    public func digests(for key: CatalogCacheKey) -> CatalogDigests? {
        guard isTrusted, let bytes = read(summaryPath(key)), let header = Header(bytes) else {
            return nil
        }
        let body = bytes.dropFirst(header.length)
        guard Digest(of: Array(body)) == header.body else { return nil }
        utimes(summaryPath(key), nil)
        return Self.decodedDigests(Array(body), count: header.count).map {
            CatalogDigests(objects: $0, fingerprint: header.fingerprint)
        }
    }

    /// The whole catalog.
    public func catalog(for key: CatalogCacheKey) -> Catalog<PostgreSQLObject>? {
        guard isTrusted, let fingerprint = fingerprint(for: key),
            let json = read(catalogPath(key)).flatMap(Self.unsummed),
            let catalog = try? CanonicalJSON.decode(
                Catalog<PostgreSQLObject>.self, from: Data(json)),
            catalog.fingerprint == fingerprint
        else { return nil }
        utimes(summaryPath(key), nil)
        return catalog
    }

    /// Keeps a catalog, and lets go of the entries used longest ago.
    ///
    /// - Returns: whether it was kept; a full disk or a folder of somebody else is no error.
    @discardableResult
    public func store(_ catalog: Catalog<PostgreSQLObject>, for key: CatalogCacheKey) -> Bool {
        makeFolder()
        guard isTrusted, let data = try? CanonicalJSON.data(catalog) else { return false }
        // The summary comes last: where it stands, the catalog stands.
        guard write(Self.summed(data), to: catalogPath(key)),
            write(Self.summary(of: CatalogDigests(catalog)), to: summaryPath(key))
        else { return false }
        sweep()
        return true
    }

    /// Keeps the digests of a catalog that is kept under another key.
    func store(_ digests: CatalogDigests, for key: CatalogCacheKey) {
        guard isTrusted, write(Self.summary(of: digests), to: summaryPath(key)) else { return }
        sweep()
    }

    /// What was read of manifests with this digest.
    func lowering(of source: Digest) -> LoweringSummary? {
        guard isTrusted, let json = read(loweringPath(source)).flatMap(Self.unsummed),
            let summary = try? CanonicalJSON.decode(LoweringSummary.self, from: Data(json)),
            summary.source == source
        else { return nil }
        utimes(loweringPath(source), nil)
        return summary
    }

    /// Keeps what was read of manifests; it goes with the entries that were used before it.
    func store(_ summary: LoweringSummary) {
        makeFolder()
        guard isTrusted, let data = try? CanonicalJSON.data(summary) else { return }
        _ = write(Self.summed(data), to: loweringPath(summary.source))
    }

    /// Bytes behind their digest.
    private static func summed(_ data: Data) -> [UInt8] {
        Array(Digest(of: data).description.utf8) + data
    }

    /// The bytes behind their digest; nil if they do not have it.
    private static func unsummed(_ bytes: [UInt8]) -> [UInt8]? {
        let body = Array(bytes.dropFirst(sumLength))
        let sum = String(decoding: bytes.prefix(sumLength), as: UTF8.self)
        return Digest(of: body).description == sum ? body : nil
    }

    private func makeFolder() {
        try? FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    /// Another build may read the same manifests in another way.
    private func loweringPath(_ source: Digest) -> String {
        let name = Digest(of: "\(Self.format) \(CatalogCacheKey.runningBuild) \(source)")
        return "\(directory)/\(name.description.dropFirst(7)).lowering"
    }

    private func summaryPath(_ key: CatalogCacheKey) -> String {
        "\(directory)/\(key.digest.description.dropFirst(7)).summary"
    }

    private func catalogPath(_ key: CatalogCacheKey) -> String {
        "\(directory)/\(key.digest.description.dropFirst(7)).catalog"
    }

    /// Whether nobody but us can have put anything into the folder.
    private var isTrusted: Bool {
        var status = stat()
        return lstat(directory, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            && status.st_uid == geteuid() && status.st_mode & 0o022 == 0
    }
}

extension CatalogCache {
    /// The first line of a summary.
    private struct Header {
        let fingerprint: Digest
        let count: Int
        let body: Digest
        /// In bytes, with the line end.
        let length: Int

        init(fingerprint: Digest, count: Int, body: Digest) {
            self.fingerprint = fingerprint
            self.count = count
            self.body = body
            length = 0
        }

        init?(_ bytes: [UInt8]) {
            guard let end = bytes.firstIndex(of: 0x0a) else { return nil }
            let fields = String(decoding: bytes[..<end], as: UTF8.self)
                .split(separator: " ").map(String.init)
            guard fields.count == 6, fields[0] == "lockstep-catalog",
                fields[1] == String(CatalogCache.format),
                let fingerprint = Digest(fields[2]), let count = Int(fields[3]),
                let body = Digest(fields[4]),
                Digest(of: fields[..<5].joined(separator: " ")).description == fields[5]
            else { return nil }
            self.fingerprint = fingerprint
            self.count = count
            self.body = body
            length = end + 1
        }

        var text: String {
            let fields = "lockstep-catalog \(CatalogCache.format) \(fingerprint) \(count) \(body)"
            return "\(fields) \(Digest(of: fields))\n"
        }
    }

    /// For each object: kind and names, each ended by NUL, NUL, and the digest's 64 digits.
    private static func encoded(_ digests: [ObjectID: Digest]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(digests.count * 120)
        for (id, digest) in digests.sorted(by: { $0.key < $1.key }) {
            for name in [id.kind.rawValue] + id.path {
                out.append(contentsOf: name.utf8)
                out.append(0)
            }
            out.append(0)
            out.append(contentsOf: digest.description.utf8.dropFirst(7))
        }
        return out
    }

    private static func summary(of digests: CatalogDigests) -> [UInt8] {
        let body = encoded(digests.objects)
        let header = Header(
            fingerprint: digests.fingerprint, count: digests.objects.count,
            body: Digest(of: body))
        return Array(header.text.utf8) + body
    }

    private static func decodedDigests(_ bytes: [UInt8], count: Int) -> [ObjectID: Digest]? {
        var out: [ObjectID: Digest] = [:]
        out.reserveCapacity(count)
        var at = 0
        while at < bytes.count {
            var names: [String] = []
            while let end = bytes[at...].firstIndex(of: 0), end > at {
                names.append(String(decoding: bytes[at..<end], as: UTF8.self))
                at = end + 1
            }
            at += 1
            guard names.count > 1, at + 64 <= bytes.count,
                let digest = Digest(
                    "sha256:" + String(decoding: bytes[at..<at + 64], as: UTF8.self))
            else { return nil }
            at += 64
            let kind = ObjectKind(rawValue: names.removeFirst())
            out[ObjectID(kind, names)] = digest
        }
        return out.count == count ? out : nil
    }
}

extension CatalogCache {
    private func read(_ path: String, atMost limit: Int? = nil) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        let wanted = min(Int(status.st_size), limit ?? Int.max)
        var bytes = [UInt8](repeating: 0, count: wanted)
        var have = 0
        while have < wanted {
            let got = bytes.withUnsafeMutableBytes { buffer in
                Foundation.read(file, buffer.baseAddress?.advanced(by: have), wanted - have)
            }
            guard got > 0 else { return nil }
            have += got
        }
        return bytes
    }

    /// Writes beside and renames, so that a reader sees the old file, the new one or none.
    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        let beside = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        var done = 0
        while done < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                Foundation.write(file, buffer.baseAddress?.advanced(by: done), bytes.count - done)
            }
            guard put > 0 else { break }
            done += put
        }
        guard close(file) == 0, done == bytes.count, rename(beside, path) == 0 else {
            unlink(beside)
            return false
        }
        return true
    }

    /// Removes the entries used longest ago, and what a killed process left half written.
    private func sweep() {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            return
        }
        var ages: [String: Int] = [:]
        for name in names {
            var status = stat()
            guard lstat("\(directory)/\(name)", &status) == 0 else { continue }
            ages[name] = Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec)
        }
        let newest = ages.values.max() ?? 0
        for (name, time) in ages where newest - time > 3_600_000_000_000 {
            let isOrphan =
                name.hasSuffix(".catalog")
                && ages[name.dropLast(".catalog".count) + ".summary"] == nil
            if name.hasSuffix(".tmp") || isOrphan { unlink("\(directory)/\(name)") }
        }
        for suffix in [".summary", ".lowering"] {
            let entries = ages.filter { $0.key.hasSuffix(suffix) }
                .sorted { ($0.value, $0.key) > ($1.value, $1.key) }
            for (name, _) in entries.dropFirst(limit) {
                unlink("\(directory)/\(name)")
                unlink("\(directory)/\(name.dropLast(suffix.count)).catalog")
            }
        }
    }
}
