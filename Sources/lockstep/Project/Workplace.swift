import Foundation
import GitSource
import Manifest
import Planning
import SchemaCore

/// What a command works on: manifests, settings and targets, wherever they came from.
struct Workplace: Sendable {
    /// One database.
    struct Target: Sendable {
        /// `dev/main`, or the database for an ad hoc run.
        var name: String
        /// The connection; nil where only manifests are at hand.
        var url: String
    }

    var engine: any Engine
    var project: String
    var environment: String
    var input: ManifestInput
    var management: Management
    var schemas: [String]
    var scratch: ScratchSettings
    /// For how many seconds what is dropped stays in quarantine; nil where it does not.
    var retention: Int?
    /// The highest risk that the environment lets through without a flag.
    var autoApprove: Risk?
    var targets: [Target]
    var sources: SourceTexts
    /// Where the manifests are, for messages: `schema/`.
    var place: String

    /// The revision of the manifests, if they have one.
    var revision: String? { input.base.revision }
}

extension Workplace {
    /// Finds out what the flags mean.
    ///
    /// - Parameter needsTargets: whether connections have to be known.
    static func open(
        _ options: WorkplaceOptions, needsTargets: Bool = true
    ) async throws -> Workplace {
        if options.isAdHoc { return try await adHoc(options, needsTargets: needsTargets) }
        let tree = try await projectTree(options)
        let sources = SourceTexts(tree.files)
        return try await sources.locating {
            let file = try ProjectFile.read(from: tree)
            return try make(
                file, tree, sources, options, needsTargets: needsTargets)
        }
    }

    // MARK: - Ad hoc

    private static func adHoc(
        _ options: WorkplaceOptions, needsTargets: Bool
    ) async throws -> Workplace {
        guard let folder = options.manifests else {
            throw Failure.usage(
                "an ad hoc run needs --manifests DIR",
                help: "lockstep import --url URL --out schema makes such a folder")
        }
        guard options.url != nil || !needsTargets else {
            throw Failure.usage(
                "an ad hoc run needs --url URL",
                help: "for example --url postgresql://localhost/mydb")
        }
        let engine = try Engines.named(options.engine ?? engineName(for: options.url))
        let tree = try await FolderSource(folder).load()
        let manifests = tree.filter { $0.path != ProjectFile.name }
        var management = Management.adHoc
        management.roles = options.roles ?? .ignore
        return Workplace(
            engine: engine, project: "adhoc", environment: "adhoc",
            input: ManifestInput(base: manifests), management: management, schemas: [],
            scratch: try scratch(options, nil), retention: options.kept, autoApprove: nil,
            targets: options.url.map { [Target(name: "", url: $0)] } ?? [],
            sources: SourceTexts(tree.files), place: folder)
    }

    /// The engine that a URL's scheme names.
    static func engineName(for url: String?) -> String {
        guard let url, let colon = url.firstIndex(of: ":") else { return "postgresql" }
        let scheme = String(url[..<colon])
        return scheme == "postgres"
            ? "postgresql" : Engines.names.contains(scheme) ? scheme : "postgresql"
    }

    // MARK: - Projects

    /// The files of a project: manifests, overlays and `lockstep.yaml`.
    static func projectTree(_ options: WorkplaceOptions) async throws -> ManifestTree {
        if let repo = options.repo {
            return try await Repository.source(
                repo, ref: options.ref, path: options.path, selection: projectFiles,
                allowRewrite: options.allowRewrite
            ).load()
        }
        return try await FolderSource(options.project ?? ".", selection: projectFiles).load()
    }

    private static let projectFiles = FileSelection.manifests || .path(ProjectFile.name)

    private static func make(
        _ file: ProjectFile, _ tree: ManifestTree, _ sources: SourceTexts,
        _ options: WorkplaceOptions, needsTargets: Bool
    ) throws -> Workplace {
        guard let engine = Engines.all.first(where: { $0.name == file.engine.value }) else {
            throw DiagnosticsError([
                .error(
                    "unknown-word", "there is no engine \"\(file.engine.value)\"",
                    at: file.engine.span,
                    help: "write one of: \(Engines.names.joined(separator: ", "))")
            ])
        }
        let (name, environment) = try environment(options.env, file)
        let base = folder(file.manifests, of: tree)
        let overlay = folder(environment.overlay ?? "environments/\(name)", of: tree)
        return Workplace(
            engine: engine, project: file.project, environment: name,
            input: ManifestInput(
                base: base, overlays: overlay.files.isEmpty ? [] : [overlay],
                defaultSchema: file.defaultSchema),
            management: Management(
                unmanaged: file.unmanaged, exclude: file.exclude, roles: file.roles),
            schemas: file.schemas, scratch: try scratch(options, file.scratch),
            retention: options.kept ?? file.retention, autoApprove: environment.autoApprove,
            targets: needsTargets ? try targets(options.target, name, environment) : [],
            sources: sources, place: file.manifests)
    }

    /// The manifests below a folder of the tree.
    private static func folder(_ path: String, of tree: ManifestTree) -> ManifestTree {
        let prefix = path.hasSuffix("/") ? path : path + "/"
        return tree.filter {
            (path == "." || $0.path.hasPrefix(prefix)) && $0.path != ProjectFile.name
        }
    }

    private static func environment(
        _ wanted: String?, _ file: ProjectFile
    ) throws -> (String, ProjectFile.Environment) {
        if let wanted {
            if let environment = file.environments[wanted] { return (wanted, environment) }
            throw Failure.usage(
                "there is no environment '\(wanted)'",
                help: DidYouMean.hint(wanted, in: file.environments.names)
                    ?? "choose one of: \(file.environments.names.joined(separator: ", "))")
        }
        if file.environments.count == 1, let only = file.environments.first {
            return (only.name.value, only.value)
        }
        throw Failure.usage(
            "the project has \(file.environments.count) environments",
            help: "choose one with --env: \(file.environments.names.joined(separator: ", "))")
    }

    private static func targets(
        _ wanted: String?, _ environment: String, _ value: ProjectFile.Environment
    ) throws -> [Target] {
        if let wanted, value.targets[wanted] == nil {
            throw Failure.usage(
                "there is no target '\(wanted)' in \(environment)",
                help: DidYouMean.hint(wanted, in: value.targets.names)
                    ?? "choose one of: \(value.targets.names.joined(separator: ", "))")
        }
        return try value.targets.filter { wanted == nil || $0.name.value == wanted }.map {
            Target(
                name: "\(environment)/\($0.name.value)",
                url: try resolved($0.value, what: "target \(environment)/\($0.name.value)"))
        }
    }

    /// Reads a connection's URL from where it is kept.
    private static func resolved(
        _ connection: ProjectFile.Connection, what: String
    ) throws -> String {
        if let url = connection.url { return url }
        if let name = connection.environmentVariable {
            if let url = ProcessInfo.processInfo.environment[name], !url.isEmpty { return url }
            throw Failure(
                .failure, "\(what): the environment variable \(name) is not set",
                help: "export \(name)=postgresql://host/database")
        }
        let path = connection.file ?? ""
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Failure(
                .failure, "\(what): the file \(path) cannot be read", help: "put the URL into it")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func scratch(
        _ options: WorkplaceOptions, _ file: ProjectFile.Scratch?
    ) throws -> ScratchSettings {
        let cache = Folders.cache("catalogs")
        if let flag = options.scratch {
            switch ProjectFile.Provider(rawValue: flag) {
            case .automatic: return ScratchSettings(provider: .automatic, cacheDirectory: cache)
            case .local: return ScratchSettings(provider: .local, cacheDirectory: cache)
            case .sameServer: return ScratchSettings(provider: .sameServer, cacheDirectory: cache)
            case .url, nil:
                guard flag.contains("=") || flag.contains("://") else {
                    throw Failure.usage(
                        "--scratch takes automatic, local, sameServer or a server's URL",
                        help: DidYouMean.hint(
                            flag, in: ProjectFile.Provider.allCases.map(\.rawValue)))
                }
                return ScratchSettings(provider: .url(flag), cacheDirectory: cache)
            }
        }
        guard let file else { return ScratchSettings(cacheDirectory: cache) }
        let provider: ScratchSettings.Provider =
            switch file.provider {
            case .automatic: .automatic
            case .local: .local
            case .sameServer: .sameServer
            case .url:
                .url(try resolved(file.connection ?? .init(), what: "the scratch server"))
            }
        return ScratchSettings(provider: provider, cacheDirectory: cache)
    }
}
