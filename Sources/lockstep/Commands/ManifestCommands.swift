import ArgumentParser
import Foundation
import Manifest
import Planning
import SchemaCore

/// `lockstep validate`
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks all manifests without a database and tells every error at once.")

    @OptionGroup var workplace: WorkplaceOptions

    func run() async throws {
        try await CommandRun.run { console in
            let place = try await Workplace.open(workplace, needsTargets: false)
            return check(place.engine, place, console)
        }
    }

    private func check<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) -> ExitStatus {
        let lowering = engine.lower(place.input, cache: nil)
        let problems = lowering.diagnostics + place.management.refusals(of: lowering)
        console.tell(problems, sources: place.sources)
        if problems.hasErrors { return .failure }
        let files =
            place.input.base.files.count + place.input.overlays.map(\.files.count).reduce(0, +)
        console.write(
            "\(HumanText.count(Int64(files), "file")), "
                + "\(HumanText.count(Int64(lowering.objects.count), "object")): no errors\n")
        return .success
    }
}

/// `lockstep fmt`
struct FmtCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt",
        abstract: "Rewrites manifests in canonical form; comments and meaning stay.")

    @Argument(help: "Files and folders; the project's manifests if left out.")
    var paths: [String] = []
    @Flag(help: "Write nothing; exit with 1 if a file is not in canonical form.") var check = false
    @Option(help: ArgumentHelp("The engine whose kinds order the fields.", valueName: "name"))
    var engine = "postgresql"

    func run() async throws {
        try await CommandRun.run { console in
            let formatter = try Engines.named(engine).formatter
            var changed = 0
            for path in try Self.files(paths.isEmpty ? ["."] : paths) {
                if try format(path, formatter, console) { changed += 1 }
            }
            return check && changed > 0 ? .failure : .success
        }
    }

    /// Tells whether the file was not in canonical form.
    private func format(
        _ path: String, _ manifests: ManifestFormatter, _ console: Console
    ) throws -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.failure, "\(path) cannot be read")
        }
        let file = ManifestFile(path: path, bytes: Array(data))
        let isProject = URL(fileURLWithPath: path).lastPathComponent == ProjectFile.name
        let formatter = isProject ? KindRegistry([ProjectFile.kind]).formatter() : manifests
        let outcome = formatter.format(file)
        guard let text = outcome.text else {
            throw LocatedDiagnostics(
                diagnostics: outcome.diagnostics, sources: SourceTexts([file]))
        }
        if Array(text.utf8) == file.bytes { return false }
        console.say(check ? "not in canonical form: \(path)" : "formatted: \(path)")
        if !check {
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw Failure(.failure, "\(path) cannot be written")
            }
        }
        return true
    }

    private static func files(_ paths: [String]) throws -> [String] {
        try paths.flatMap { path -> [String] in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure.usage("there is no \(path)")
            }
            guard isFolder.boolValue else { return [path] }
            return try FolderSource(path).read().files.map { "\(path)/\($0.path)" }
        }
    }
}

/// `lockstep import`
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Writes manifests for a live database.")

    @Option(help: ArgumentHelp("The database.", valueName: "url")) var url: String
    @Option(help: ArgumentHelp("The engine.", valueName: "name")) var engine: String?
    @Option(help: ArgumentHelp("The folder to write; new or empty.", valueName: "dir"))
    var out: String
    @Option(help: ArgumentHelp("A schema; can be repeated; all if left out.", valueName: "name"))
    var schema: [String] = []
    @Flag(help: "Write roles as well, which belong to the whole server.") var roles = false
    @Flag(help: "Objects that are not modelled are errors.") var strict = false
    @Flag(help: "Write into a folder that is not empty.") var force = false

    func run() async throws {
        try await CommandRun.run { console in
            try await run(
                try Engines.named(engine ?? Workplace.engineName(for: url)), console)
        }
    }

    private func run<E: Engine>(_ engine: E, _ console: Console) async throws -> ExitStatus {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
        guard present.isEmpty || force else {
            throw Failure(
                .failure, "the folder \(out) is not empty",
                help: "choose another --out, or add --force to write into it")
        }
        let (inspection, manifests, warnings) = try await read(engine)
        for item in inspection.unmodelled.sorted() {
            console.say(TerminalSafe.line("not modelled: \(item.object): \(item.what)"))
        }
        console.tell(warnings, sources: SourceTexts([]))
        let isLeftOut = warnings.contains { $0.severity > .note }
        if strict && (isLeftOut || !inspection.unmodelled.isEmpty) {
            throw Failure(
                .failure,
                inspection.unmodelled.isEmpty
                    ? "there are objects that would be left out; nothing was written"
                    : "there are objects that Lockstep does not model; nothing was written",
                help: "leave --strict away to import the rest")
        }
        for manifest in manifests { try write(manifest) }
        console.say(
            "wrote \(HumanText.count(Int64(manifests.count), "file")) to \(out)"
                + (inspection.unmodelled.isEmpty
                    ? ""
                    : "; not modelled and left as they are: \(inspection.unmodelled.count)")
        )
        return .success
    }

    private func read<E: Engine>(
        _ engine: E
    ) async throws -> (Inspection<E.Object>, [ExportedManifest], [Diagnostic]) {
        let session = try await engine.connect(url)
        do {
            var scope: Scope = schema.isEmpty ? .everything : Scope(schemas: schema)
            if roles { scope.reads = engine.serverReads }
            var inspection = try await engine.inspect(session, scope: scope, detail: .full)
            let found = Set(
                inspection.catalog.ids.lazy.filter { $0.kind.rawValue == "schema" }.map(\.name))
            if let missing = schema.first(where: { !found.contains($0) }) {
                throw Failure(
                    .failure, "the database has no schema \(TerminalSafe.line(missing))",
                    help: "leave --schema away to import all that there is")
            }
            if !schema.isEmpty {
                inspection.catalog = Self.tied(
                    inspection.catalog, to: schema, besides: scope.kindsOfServer, engine)
            }
            let (manifests, warnings) = try await engine.manifests(
                for: inspection.whole, in: session)
            await session.close()
            return (inspection, manifests, warnings)
        } catch {
            await session.close()
            throw error
        }
    }

    /// Without what belongs to no schema and is not tied to these alone.
    private static func tied<E: Engine>(
        _ catalog: Catalog<E.Object>, to schemas: [String], besides kinds: Set<ObjectKind>,
        _ engine: E
    ) -> Catalog<E.Object> {
        catalog.filter { object in
            let isSchema = (object.id.subject ?? object.id).kind.rawValue == "schema"
            if isSchema || kinds.contains(object.id.kind) || !engine.standsAlone(object.id) {
                return true
            }
            return !object.homes.isEmpty && object.homes.allSatisfy(schemas.contains)
        }
    }

    private func write(_ manifest: ExportedManifest) throws {
        let url = URL(fileURLWithPath: out).appendingPathComponent(manifest.path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(manifest.text.utf8).write(to: url, options: .atomic)
        } catch {
            throw Failure(.failure, "\(url.path) cannot be written", help: "choose another --out")
        }
    }
}
