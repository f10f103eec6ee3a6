// Owns what a folder of the corpus means: which files it has and what they ask for.

import Foundation
import Manifest
import Planning
import PostgreSQLEngine
import SchemaCore
import Testing
import TestSupport

/// A folder below `Tests/Corpus/postgresql`; `Tests/Corpus/README.md` tells what may be in it.
struct CorpusCase: Sendable, CustomTestStringConvertible {
    /// `tangles/function-in-check`
    let name: String
    let folder: URL
    let expectation: Expectation

    var testDescription: String { name }

    /// A case on one version of PostgreSQL.
    struct Run: Sendable, CustomTestStringConvertible {
        let one: CorpusCase
        let major: Int
        var testDescription: String { "\(one.name) on \(major)" }
    }

    /// With `LOCKSTEP_FULL=1` each case on every version that knows what it needs. Else most are run
    /// on the first of them alone; those in which versions were found to differ are run on all.
    static let runs: [Run] = all.flatMap { one in
        let majors = PrivatePostgreSQL.testMajors.sorted().filter { $0 >= one.expectation.since }
        let isFull = ProcessInfo.processInfo.environment["LOCKSTEP_FULL"] == "1"
        let isDelicate = ["false-diffs/", "found/", "silence/", "tangles/"]
            .contains(where: one.name.hasPrefix)
        return (isFull || isDelicate ? majors : Array(majors.prefix(1))).map {
            Run(one: one, major: $0)
        }
    }

    /// All cases in order; with `LOCKSTEP_CORPUS` in the environment those whose name holds it, or
    /// one of several between commas.
    static let all: [CorpusCase] = {
        let root = URL(fileURLWithPath: corpusFolder("postgresql"))
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root.path)) ?? []
        let wanted = ProcessInfo.processInfo.environment["LOCKSTEP_CORPUS"]?.split(separator: ",")
        let folders = paths.filter { $0.hasSuffix("/to.yaml") }.map { String($0.dropLast(8)) }
        return folders.sorted().filter { name in
            wanted?.contains { name.contains($0) } ?? true
        }.map { name in
            let folder = root.appendingPathComponent(name)
            return CorpusCase(name: name, folder: folder, expectation: .read(in: folder))
        }
    }()

    /// The cases that have a plan to compare.
    static var planned: [CorpusCase] {
        all.filter { one in
            let expectation = one.expectation
            return expectation.refused == nil && expectation.refusedFrom == nil
                && !expectation.isSame
        }
    }

    func path(_ file: String) -> String { folder.appendingPathComponent(file).path }

    func text(_ file: String) -> String? {
        FileManager.default.contents(atPath: path(file)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The manifests of `from.yaml` or `to.yaml`, lowered.
    func lowering(_ file: String, _ engine: PostgreSQL) -> Lowering<PostgreSQLObject>? {
        guard let text = text(file) else { return nil }
        let tree = ManifestTree(files: [ManifestFile(path: file, bytes: Array(text.utf8))])
        return engine.lower(ManifestInput(base: tree), cache: nil)
    }
}

/// What `expect.yaml` says; without it, that the change is seen, made and made undone.
struct Expectation: Sendable {
    /// The first major version that knows what the case needs.
    var since = 14
    /// Extensions that the server has to have at hand.
    var requires: [String] = []
    /// Roles that the server is to have.
    var roles: [String] = []
    /// Tablespaces that the server is to have; servers before 15 make none for a test.
    var tablespaces: [String] = []
    /// Whether `from` and `to` are two spellings of one state.
    var isSame = false
    /// The code of the diagnostic by which the plan to `to` is refused.
    var refused: String?
    /// The same of a fresh database's plan.
    var refusedFrom: String?
    /// Why there is no way back to `from`.
    var noBack: String?

    static func read(in folder: URL) -> Expectation {
        let file = folder.appendingPathComponent("expect.yaml")
        guard let bytes = FileManager.default.contents(atPath: file.path) else { return .init() }
        let outcome = YAMLParser().parse(String(decoding: bytes, as: UTF8.self), path: file.path)
        guard let root = outcome.documents.first?.root, outcome.diagnostics.isEmpty else {
            preconditionFailure("\(file.path) is no YAML")
        }
        var value = Expectation()
        for entry in root.entries {
            switch entry.key.text {
            case "since": value.since = Int(entry.value.text ?? "") ?? 0
            case "requires": value.requires = entry.value.items.compactMap(\.text)
            case "roles": value.roles = entry.value.items.compactMap(\.text)
            case "tablespaces": value.tablespaces = entry.value.items.compactMap(\.text)
            case "same": value.isSame = entry.value.text == "true"
            case "refused": value.refused = entry.value.text
            case "refusedFrom": value.refusedFrom = entry.value.text
            case "noBack": value.noBack = entry.value.text
            default: preconditionFailure("\(file.path): unknown key \(entry.key.shown)")
            }
        }
        return value
    }

    /// The version on which the plan is compared: 15, on which goldens are made, or the first
    /// that knows what the case needs. Others record dependencies in other ways, which may give
    /// another order; where they lead is tested on all.
    func isGolden(_ major: Int) -> Bool { max(since, 15) == major }
}
