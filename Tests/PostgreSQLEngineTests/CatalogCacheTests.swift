import Foundation
import Manifest
import Planning
@testable import PostgreSQLEngine
import SchemaCore
import Testing

@Suite struct CatalogCacheTests {
    private let directory =
        NSTemporaryDirectory()
        + "lockstep-cache-\(UInt64.random(in: .min ... .max))"

    private func key(_ desired: String, build: String = "1") -> CatalogCacheKey {
        CatalogCacheKey(
            desired: Digest(of: desired),
            traits: ScratchTraits(
                versionNumber: 150_020, encoding: "UTF8", provider: .libc, collate: "C",
                ctype: "C"),
            scope: Scope(schemas: ["app"]), searchPath: ["public"], build: build)
    }

    private let catalog = Catalog([
        PostgreSQLObject(.schema("app"), .schema(SchemaDefinition())),
        PostgreSQLObject(
            .table("app", "a\nb"), .table(TableDefinition()), dependencies: [.schema("app")]),
        PostgreSQLObject(
            .column("app", "a\nb", "\u{1f}c"),
            .column(ColumnDefinition(type: VerbatimSQL("integer"), isNotNull: true)),
            dependencies: [.table("app", "a\nb")], position: 3),
        PostgreSQLObject(
            .function("app", "f", []),
            .function(
                FunctionDefinition(
                    arguments: [], returns: VerbatimSQL("integer"), language: "sql",
                    body: .source("select 1")))),
    ])

    @Test func givesBackWhatWasStored() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let cache = CatalogCache(directory: directory)
        #expect(cache.catalog(for: key("a")) == nil)
        #expect(cache.store(catalog, for: key("a")))
        #expect(cache.fingerprint(for: key("a")) == catalog.fingerprint)
        #expect(cache.digests(for: key("a")) == CatalogDigests(catalog))
        let read = try #require(cache.catalog(for: key("a")))
        #expect(read == catalog)
        #expect(read[.column("app", "a\nb", "\u{1f}c")]?.position == 3)
        #expect(
            read[.table("app", "a\nb")]?.dependencies == [.schema("app")])
        #expect(cache.fingerprint(for: key("b")) == nil)
        #expect(cache.fingerprint(for: key("a", build: "2")) == nil)
    }

    @Test func isPrivateAndUsesNothingThatOthersCanWrite() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let cache = CatalogCache(directory: directory)
        #expect(cache.store(catalog, for: key("a")))
        for name in try FileManager.default.contentsOfDirectory(atPath: directory) {
            let mode =
                try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")[
                    .posixPermissions] as? Int
            #expect(mode == 0o600)
        }
        #expect(chmod(directory, 0o777) == 0)
        #expect(cache.fingerprint(for: key("a")) == nil)
        #expect(!cache.store(catalog, for: key("b")))
    }

    /// Every single changed byte, and every cut, makes an entry absent: never another catalog.
    @Test func ignoresBrokenFiles() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let cache = CatalogCache(directory: directory)
        #expect(cache.store(catalog, for: key("a")))
        for suffix in [".summary", ".catalog"] {
            let name = try #require(
                FileManager.default.contentsOfDirectory(atPath: directory)
                    .first { $0.hasSuffix(suffix) })
            let path = "\(directory)/\(name)"
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for index in stride(from: 0, to: whole.count, by: 23) {
                var broken = whole
                broken[index] ^= 1
                try broken.write(to: URL(fileURLWithPath: path))
                isIgnored(cache, suffix)
                try whole.prefix(index).write(to: URL(fileURLWithPath: path))
                isIgnored(cache, suffix)
            }
            #expect(cache.store(catalog, for: key("a")))
            #expect(cache.catalog(for: key("a")) == catalog)
        }
    }

    private func isIgnored(_ cache: CatalogCache, _ suffix: String) {
        let isSummary = suffix == ".summary"
        let isReadable =
            isSummary
            ? cache.digests(for: key("a")) != nil : cache.catalog(for: key("a")) != nil
        #expect(!isReadable)
    }

    @Test func keepsTheEntriesUsedLast() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let cache = CatalogCache(directory: directory, limit: 3)
        for name in ["a", "b", "c"] {
            #expect(cache.store(catalog, for: key(name)))
            usleep(20_000)
        }
        #expect(cache.catalog(for: key("a")) != nil)
        usleep(20_000)
        #expect(cache.store(catalog, for: key("d")))
        #expect(cache.fingerprint(for: key("a")) != nil)
        #expect(cache.fingerprint(for: key("b")) == nil)
        #expect(cache.fingerprint(for: key("d")) != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 6)
    }

    @Test func theOrderOfObjectsMakesNoOtherKey() {
        let objects = catalog.sorted
        #expect(
            CatalogCacheKey.desired(objects) == CatalogCacheKey.desired(objects.reversed()))
        #expect(
            CatalogCacheKey.desired(objects) != CatalogCacheKey.desired(objects.dropFirst()))
    }

    /// A second run knows the manifests without reading them; a changed byte, a broken entry and
    /// manifests with a warning are read again.
    @Test func keepsWhatWasReadOfManifests() throws {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let engine = PostgreSQL()
        func lowered(_ column: String) -> Lowering<PostgreSQLObject> {
            let text = """
                apiVersion: lockstep.dev/v1
                kind: Table
                schema: app
                name: t
                columns:
                  \(column)

                """
            let tree = ManifestTree(files: [ManifestFile(path: "t.yaml", bytes: Array(text.utf8))])
            return engine.lower(ManifestInput(base: tree), cache: directory)
        }
        func kept() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { $0.hasSuffix(".lowering") }.sorted()
        }
        let first = lowered("a: int")
        #expect(first.scope == Scope(schemas: ["app"]) && first.implied == [.schema("app")])
        let names = try kept()
        #expect(names.count == 1)
        let second = lowered("a: int")
        #expect(second.summary == first.summary && second.objects == first.objects)
        let other = lowered("b: int")
        #expect(other.summary.source != first.summary.source)
        #expect(other.objects.contains { $0.id == .column("app", "t", "b") })
        #expect(try kept().count == 2)
        let warned = lowered("a: { type: text, default: active }")
        #expect(!warned.diagnostics.isEmpty)
        #expect(lowered("a: { type: text, default: active }").diagnostics == warned.diagnostics)
        let path = "\(directory)/\(names[0])"
        var broken = try Data(contentsOf: URL(fileURLWithPath: path))
        broken[broken.count - 3] ^= 1
        try broken.write(to: URL(fileURLWithPath: path))
        #expect(
            CatalogCache(directory: directory).lowering(of: first.summary.source) == nil)
        #expect(lowered("a: int").summary == first.summary)
    }
}
