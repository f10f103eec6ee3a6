// Time budget: 15 s

import Foundation
import Testing

/// Which target may know which. The table is that of Sources/ARCHITECTURE.md.
@Suite("Arrows between targets")
struct ArrowTests {
    /// What each target of `Sources` may depend on and import: targets of ours and libraries of
    /// others. System modules are below.
    static let allowed: [String: Set<String>] = [
        "CCrypto": [], "CYAML": [], "CGit2": [], "CPostgreSQL": [], "CSQLite": [],
        "SchemaCore": ["CCrypto"],
        "Manifest": ["SchemaCore", "CYAML"],
        "Planning": ["SchemaCore", "Manifest"],
        "PostgreSQLClient": ["CPostgreSQL"],
        "PostgreSQLEngine": ["SchemaCore", "Manifest", "Planning", "PostgreSQLClient"],
        "SQLiteClient": ["CSQLite"],
        "SQLiteEngine": ["SchemaCore", "Manifest", "Planning", "SQLiteClient"],
        "Execution": ["SchemaCore", "Manifest", "Planning"],
        "GitSource": ["SchemaCore", "Manifest", "CCrypto", "CGit2"],
        "TestSupport": ["SchemaCore", "Manifest", "Planning", "PostgreSQLClient", "Testing"],
        "lockstep": [
            "SchemaCore", "Manifest", "Planning", "PostgreSQLClient", "PostgreSQLEngine",
            "SQLiteClient", "SQLiteEngine", "Execution", "GitSource", "ArgumentParser",
        ],
    ]

    /// Modules of the system and the toolchain that any target may import.
    static let system: Set<String> = ["Foundation", "Glibc", "Synchronization", "Dispatch"]

    /// The dependencies of a target as the package declares them.
    struct Target: Decodable {
        let name: String
        let type: String
        let dependencies: [Dependency]

        struct Dependency: Decodable {
            let name: String

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: AnyKey.self)
                let key = try #require(container.allKeys.first)
                var list = try container.nestedUnkeyedContainer(forKey: key)
                name = try list.decode(String.self)
            }
        }

        var names: Set<String> {
            Set(dependencies.map(\.name))
        }
    }

    struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    struct Package: Decodable {
        let targets: [Target]
    }

    /// The package as SwiftPM understands it. With a scratch folder of its own, because the
    /// running `swift test` holds the lock of the usual one.
    static func targets() throws -> [Target] {
        let number = ProcessInfo.processInfo.processIdentifier
        let scratch = "\(NSTemporaryDirectory())/lockstep-dump-\(number)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let command = try Command.run([
            "swift", "package", "--scratch-path", scratch, "dump-package",
        ])
        try #require(command.status == 0, "\(command.output)")
        let start = try #require(command.output.firstIndex(of: "{"), "\(command.output)")
        return try JSONDecoder().decode(Package.self, from: Data(command.output[start...].utf8))
            .targets
    }

    @Test("the package declares no arrow but those of the table")
    func declared() throws {
        let targets = try Self.targets()
        let sources = targets.filter { $0.type != "test" }
        #expect(Set(sources.map(\.name)) == Set(Self.allowed.keys), "the table lists the targets")
        for target in sources {
            let wrong = target.names.subtracting(Self.allowed[target.name] ?? [])
            #expect(wrong.isEmpty, "\(target.name) must not depend on \(wrong.sorted())")
        }
        for target in targets {
            #expect(!target.names.contains("lockstep"), "\(target.name): nothing knows the shell")
        }
    }

    @Test("no file imports what its target may not know")
    func imported() {
        var seen: Set<String> = []
        for file in Repository.productFiles {
            let allowed = Self.allowed[file.target] ?? []
            seen.insert(file.target)
            for (index, module) in file.imports {
                #expect(
                    allowed.contains(module) || Self.system.contains(module),
                    "\(file.path):\(index): \(file.target) must not import \(module)")
            }
        }
        let folders = Set(Repository.folders(in: "Sources"))
        #expect(folders == Set(Self.allowed.keys), "the table lists the folders of Sources")
        #expect(seen.isSubset(of: folders))
    }

    @Test("the table keeps the arrows that must never be")
    func never() {
        func reach(_ target: String) -> Set<String> {
            (Self.allowed[target] ?? []).reduce(into: []) {
                $0.insert($1)
                $0.formUnion(reach($1))
            }
        }
        let engines = ["PostgreSQLEngine", "SQLiteEngine"]
        for engine in engines {
            let strangers = engines.filter { $0 != engine }
            for other in ["Execution", "GitSource", "lockstep"] + strangers {
                #expect(!reach(engine).contains(other), "\(engine) must not reach \(other)")
            }
            for other in ["Execution", "GitSource", "Planning", "Manifest", "SchemaCore"] {
                #expect(!reach(other).contains(engine), "\(other) must not reach \(engine)")
            }
        }
        for (target, imports) in Self.allowed {
            #expect(!imports.contains("lockstep") && !imports.contains(target))
            #expect(target == "lockstep" || !imports.contains("TestSupport"))
        }
    }
}

extension SwiftSource {
    /// The modules it imports, with their lines.
    fileprivate var imports: [(line: Int, module: String)] {
        code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ")
            let marks: Set<Substring> = [
                "public", "internal", "package", "private", "fileprivate", "@testable",
                "@preconcurrency", "@_exported",
            ]
            guard let place = words.firstIndex(of: "import"),
                words[..<place].allSatisfy(marks.contains)
            else { return nil }
            let sorts: Set<Substring> = [
                "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
            ]
            let name = words[(place + 1)...].first { !sorts.contains($0) }
            return name.map { (index + 1, String($0.prefix { $0 != "." })) }
        }
    }
}
