// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of this package is compiled with the same strict settings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "lockstep",
    products: [.executable(name: "lockstep", targets: ["lockstep"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // C libraries of the system, each behind a module map of ours.
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        .target(name: "SchemaCore", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "Manifest", dependencies: ["SchemaCore", "CYAML"], swiftSettings: strict),
        .target(name: "Planning", dependencies: ["SchemaCore", "Manifest"], swiftSettings: strict),
        .target(
            name: "PostgreSQLClient", dependencies: ["CPostgreSQL"], swiftSettings: strict),
        .target(
            name: "PostgreSQLEngine",
            dependencies: [
                "SchemaCore", "Manifest", "Planning", "PostgreSQLClient",
            ], swiftSettings: strict),
        .target(name: "SQLiteClient", dependencies: ["CSQLite"], swiftSettings: strict),
        .target(
            name: "SQLiteEngine",
            dependencies: ["SchemaCore", "Manifest", "Planning", "SQLiteClient"],
            swiftSettings: strict),
        .target(
            name: "Execution", dependencies: ["SchemaCore", "Manifest", "Planning"],
            swiftSettings: strict),
        .target(
            name: "GitSource", dependencies: ["SchemaCore", "Manifest", "CCrypto", "CGit2"],
            swiftSettings: strict),
        .executableTarget(
            name: "lockstep",
            dependencies: [
                "SchemaCore", "Manifest", "Planning", "PostgreSQLClient", "PostgreSQLEngine",
                "SQLiteClient", "SQLiteEngine", "Execution", "GitSource", arguments,
            ], swiftSettings: strict),
        .target(
            name: "TestSupport",
            dependencies: ["SchemaCore", "Manifest", "Planning", "PostgreSQLClient"],
            swiftSettings: strict),

        .testTarget(
            name: "SchemaCoreTests", dependencies: ["SchemaCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ManifestTests", dependencies: ["Manifest", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PlanningTests", dependencies: ["Planning", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PostgreSQLClientTests", dependencies: ["PostgreSQLClient", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PostgreSQLEngineTests",
            dependencies: [
                "SchemaCore", "Planning", "PostgreSQLClient", "PostgreSQLEngine", "Execution",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SQLiteClientTests", dependencies: ["SQLiteClient"], swiftSettings: strict),
        .testTarget(
            name: "SQLiteEngineTests",
            dependencies: [
                "SchemaCore", "Manifest", "Planning", "SQLiteClient", "SQLiteEngine", "Execution",
                "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ExecutionTests",
            dependencies: ["Execution", "Planning", "SchemaCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "GitSourceTests",
            dependencies: ["GitSource", "Manifest", "SchemaCore", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ArchitectureTests", dependencies: ["Planning", "TestSupport"],
            exclude: ["exceptions.txt"], swiftSettings: strict),
        .testTarget(
            name: "CorpusTests",
            dependencies: [
                "SchemaCore", "Manifest", "Planning", "PostgreSQLClient", "PostgreSQLEngine",
                "Execution", "TestSupport",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["PostgreSQLClient", "TestSupport"],
            swiftSettings: strict),
    ]
)
