// Owns which extensions a scratch database gets: the target's, and the declared ones in the version
// that the target would install.

internal import PostgreSQLClient
import SchemaCore

struct CanonicalizeExtensions {
    /// The desired objects, extensions with their versions.
    var desired: [PostgreSQLObject]
    /// The target's traits with the declared extensions among the installed.
    var traits: ScratchTraits

    /// Asks the target what it can install, if anything is declared.
    ///
    /// - Throws: `DiagnosticsError` for what it cannot.
    init(
        _ desired: [PostgreSQLObject], _ traits: ScratchTraits, _ target: PostgreSQLConnection
    ) async throws {
        self.desired = desired
        self.traits = traits
        let declared = desired.indices.filter { desired[$0].id.kind == .extension }
        guard !declared.isEmpty else { return }
        let rows = try await target.query(
            """
            SELECT v.name, v.version, v.version = a.default_version
            FROM pg_catalog.pg_available_extension_versions v
            JOIN pg_catalog.pg_available_extensions a ON a.name = v.name
            ORDER BY v.name, v.version
            """)
        var versions: [String: [String]] = [:]
        var defaults: [String: String] = [:]
        for row in rows {
            versions[try row.text(0), default: []].append(try row.text(1))
            if try row.optionalBool(2) == true { defaults[try row.text(0)] = try row.text(1) }
        }
        let installed = Dictionary(
            traits.extensions.map { ($0.name, $0.version) }, uniquingKeysWith: { $1 })
        var diagnostics: [Diagnostic] = []
        for index in declared {
            let object = desired[index]
            guard case .extension(var definition) = object.definition else { continue }
            let name = object.id.name
            let version = definition.version ?? installed[name] ?? defaults[name]
            guard let version,
                versions[name]?.contains(version) == true || installed[name] == version
            else {
                diagnostics.append(Self.unavailable(object, definition, versions[name] ?? []))
                continue
            }
            definition.version = version
            self.desired[index] = PostgreSQLObject(
                object.id, .extension(definition), dependencies: object.dependencies,
                position: object.position, span: object.span)
            self.traits.extensions.removeAll { $0.name == name }
            self.traits.extensions.append(
                .init(name: name, version: version, schema: definition.schema))
        }
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        self.traits.extensions.sort()
    }

    private static func unavailable(
        _ object: PostgreSQLObject, _ definition: ExtensionDefinition, _ versions: [String]
    ) -> Diagnostic {
        let name = object.id.name
        guard !versions.isEmpty else {
            return .error(
                "extension-unavailable", "the target's server does not have the extension \(name)",
                at: object.span,
                help: "Install it on the target's server first, or correct the name.")
        }
        return .error(
            "extension-unavailable",
            "the target's server does not have version \(definition.version ?? "") of the "
                + "extension \(name)", at: object.span,
            help: "It has \(versions.joined(separator: ", ")).")
    }
}
