import Foundation
import Manifest
import Planning
import SchemaCore

/// `lockstep.yaml`: the project, its environments and their targets. It holds no secret.
struct ProjectFile: Sendable {
    /// The file's name, at the top of the project's folder.
    static let name = "lockstep.yaml"

    var project: String
    var engine: Spanned<String>
    var schemas: [String]
    var defaultSchema: String?
    var manifests: String
    var unmanaged: Management.Unmanaged
    var exclude: [String]
    var roles: Management.Roles
    var scratch: Scratch?
    /// For how many seconds what is dropped stays in quarantine; nil where it does not.
    var retention: Int?
    var environments: OrderedMapping<Environment>

    /// Where a connection's URL comes from.
    struct Connection: Sendable {
        var url: String?
        var environmentVariable: String?
        var file: String?
    }

    /// Where scratch databases come from.
    struct Scratch: Sendable {
        var provider: Provider
        var connection: Connection?
    }

    /// The scratch providers.
    enum Provider: String, CaseIterable, Sendable { case automatic, local, url, sameServer }

    /// One environment.
    struct Environment: Sendable {
        var overlay: String?
        var autoApprove: Risk?
        var targets: OrderedMapping<Connection>
    }
}

extension ProjectFile {
    private static let connection = Decoding<Connection>.object(
        "connection", doc: "A database, without its secrets."
    ) { fields in
        let url = fields.optional(
            "url", Decoding<String>.string.spanned, "A URL without a password.")
        let urlFrom = fields.optional("urlFrom", urlSource, "Where the URL is kept.")
        return { values in
            var connection = values[urlFrom] ?? Connection()
            connection.url = values[url]?.value
            if let url = values[url], holdsPassword(url.value) {
                values.report(
                    .error(
                        "secret",
                        "\(url.span): the URL holds a password, which whoever reads the "
                            + "repository sees",
                        // Not at the place: the line would be shown with it.
                        help: "write urlFrom: {env: DATABASE_URL}, or leave the password to "
                            + "~/.pgpass"))
            }
            if connection.url == nil && values[urlFrom] == nil {
                values.report(
                    .error(
                        "missing-key", "the target has no connection", at: values.span,
                        help: "add urlFrom: {env: DATABASE_URL}"))
            }
            return connection
        }
    }

    private static func holdsPassword(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url) else { return false }
        return parts.password != nil
            || (parts.queryItems ?? []).contains {
                $0.name == "password" || $0.name == "sslpassword"
            }
    }

    private static let urlSource = Decoding<Connection>.object(
        "urlFrom", doc: "Where a URL is kept."
    ) { fields in
        let env = fields.optional("env", .string, "An environment variable.")
        let file = fields.optional("file", .string, "A file.")
        return { values in
            if (values[env] == nil) == (values[file] == nil) {
                values.report(
                    .error(
                        "contradiction", "urlFrom names one place", at: values.span,
                        help: "write either env: NAME or file: PATH"))
            }
            return Connection(url: nil, environmentVariable: values[env], file: values[file])
        }
    }

    private static let scratchDecoding = Decoding<Scratch>.object(
        "scratch", doc: "Where scratch databases come from."
    ) { fields in
        let provider = fields.required(
            "provider", .enumeration(Provider.self),
            "automatic, local (installed binaries), url (a dedicated server) or sameServer.")
        let urlFrom = fields.optional("urlFrom", urlSource, "The dedicated server, for url.")
        return { values in
            if values[provider] == .url && values[urlFrom] == nil {
                values.report(
                    .error(
                        "missing-key", "the provider url needs urlFrom", at: values.span,
                        help: "add urlFrom: {env: SCRATCH_URL}"))
            }
            return Scratch(provider: values[provider], connection: values[urlFrom])
        }
    }

    private static let quarantine = Decoding<Int>.object(
        "quarantine", doc: "How long what is dropped is kept, so that it can be brought back."
    ) { fields in
        let retention = fields.required(
            "retention", Decoding<String>.string.spanned,
            "7d, 12h, 30m or 90s; with 0 it is dropped at once.")
        return { values in
            let text = values[retention]
            if let seconds = Retention.seconds(text.value) { return seconds }
            values.report(
                .error(
                    "invalid-value", "\"\(text.value)\" is no time", at: text.span,
                    help: "write a number with d, h, m or s behind it, such as 7d"))
            return 0
        }
    }

    private static let environment = Decoding<Environment>.object(
        "environment", doc: "One environment: its overlay, targets and policy."
    ) { fields in
        let overlay = fields.optional(
            "overlay", .string,
            "The folder with its overlay manifests; environments/NAME if left out.")
        let autoApprove = fields.optional(
            "autoApprove", .enumeration(Risk.self),
            "The highest risk that is applied without a flag.")
        let targets = fields.required(
            "targets", .mapping(of: connection), "Its databases by name.")
        return { values in
            Environment(
                overlay: values[overlay], autoApprove: values[autoApprove],
                targets: values[targets])
        }
    }

    /// The decoder and, from the same declaration, the schema.
    static let decoding = Decoding<ProjectFile>.object("project", doc: "A Lockstep project.") {
        fields in
        let project = fields.required("project", .string, "The project's name.")
        let engine = fields.required("engine", Decoding<String>.string.spanned, "The engine.")
        let schemas = fields.optional(
            "schemas", .list(of: .string), default: [], "Schemas to look at beside those named.")
        let defaultSchema = fields.optional(
            "defaultSchema", .string, "Where objects stand whose manifests name no schema.")
        let manifests = fields.optional(
            "manifests", .string, default: "schema", "The folder with the manifests.")
        let unmanaged = fields.optional(
            "unmanaged", .enumeration(Management.Unmanaged.self), default: .report,
            "What happens to objects that no manifest ever declared.")
        let exclude = fields.optional(
            "exclude", .list(of: .string), default: [],
            "Addresses to leave alone; * stands for any text.")
        let roles = fields.optional(
            "roles", .enumeration(Management.Roles.self), default: .ignore,
            "What happens to roles, which belong to the whole server: none is looked at, those "
                + "that are declared are kept as declared, or they are also dropped once they are "
                + "declared no longer.")
        let scratch = fields.optional(
            "scratch", scratchDecoding, "Where scratch databases come from.")
        let retention = fields.optional(
            "quarantine", quarantine,
            "Dropped tables and sequences go into quarantine first; left out, they are dropped at "
                + "once.")
        let environments = fields.required(
            "environments", .mapping(of: environment), "The environments by name.")
        return { values in
            ProjectFile(
                project: values[project], engine: values[engine], schemas: values[schemas],
                defaultSchema: values[defaultSchema], manifests: values[manifests],
                unmanaged: values[unmanaged], exclude: values[exclude], roles: values[roles],
                scratch: values[scratch], retention: values[retention],
                environments: values[environments])
        }
    }

    /// The kind, as the schema and `fmt` know it.
    static let kind = ManifestKind<ProjectBox>(
        "Project", doc: "A Lockstep project.", identityFields: ["project"], decoding: decoding
    ) { file, _, _ in [ProjectBox(file: file)] }

    /// Reads the file out of a project's tree.
    static func read(from tree: ManifestTree) throws(DiagnosticsError) -> ProjectFile {
        guard let file = tree[name] else {
            throw DiagnosticsError([
                .error(
                    "missing-project", "there is no \(name) here",
                    help: "run lockstep init, or work ad hoc with --url and --manifests")
            ])
        }
        var context = DecodingContext()
        let found = KindRegistry([kind]).read(ManifestTree(files: [file]), &context)
        if context.diagnostics.hasErrors { throw DiagnosticsError(context.diagnostics) }
        guard let project = found.first?.objects.first?.file else {
            throw DiagnosticsError([
                .error("missing-project", "\(name) is empty", help: "run lockstep init")
            ])
        }
        return project
    }
}

/// A project file as what a kind lowers to.
struct ProjectBox: Sendable { let file: ProjectFile }
