import ArgumentParser
import Planning

/// Where a command works: a project folder, a repository, or one database and a folder.
struct WorkplaceOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The project's folder.", valueName: "dir"))
    var project: String?

    @Option(help: ArgumentHelp("A git repository to read the project from.", valueName: "url"))
    var repo: String?

    @Option(help: ArgumentHelp("A branch, tag, semver range or commit of it.", valueName: "ref"))
    var ref: String?

    @Option(help: ArgumentHelp("The project's folder in the repository.", valueName: "dir"))
    var path: String?

    @Flag(help: "Read the branch although it was rewritten (force-pushed) since it was last read.")
    var allowRewrite = false

    @Option(
        help: ArgumentHelp("The environment; may be left out if there is one.", valueName: "name"))
    var env: String?

    @Option(
        help: ArgumentHelp("The target; all of the environment if left out.", valueName: "name"))
    var target: String?

    @Option(help: ArgumentHelp("Ad hoc: the engine.", valueName: "name"))
    var engine: String?

    @Option(help: ArgumentHelp("Ad hoc: the database.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("Ad hoc: the folder with the manifests.", valueName: "dir"))
    var manifests: String?

    @Option(
        help: ArgumentHelp(
            "Where scratch databases come from: automatic, local, sameServer, or a server's URL.",
            valueName: "provider"))
    var scratch: String?

    @Option(
        help: ArgumentHelp(
            "Ad hoc: what happens to roles: ignore, keep (declared ones are managed), or drop "
                + "(also dropped once they are declared no longer).", valueName: "policy"),
        transform: { text in
            guard let policy = Management.Roles(rawValue: text) else {
                throw ValidationError("--roles takes ignore, keep or drop")
            }
            return policy
        })
    var roles: Management.Roles?

    @Option(
        help: ArgumentHelp(
            "How long what is dropped stays in quarantine, such as 7d; with 0 it is dropped at "
                + "once.", valueName: "time"))
    var retention: String?

    /// The same as a number of seconds.
    var kept: Int? { retention.flatMap(Retention.seconds) }

    /// Whether the flags ask for an ad hoc run.
    var isAdHoc: Bool { url != nil || manifests != nil || engine != nil }

    func validate() throws {
        if isAdHoc && (project != nil || repo != nil || env != nil || target != nil) {
            throw ValidationError(
                "--url, --manifests and --engine work ad hoc: "
                    + "leave --project, --repo, --env and --target away"
            )
        }
        if roles != nil && !isAdHoc {
            throw ValidationError("--roles works ad hoc; a project says it in lockstep.yaml")
        }
        if let retention, kept == nil {
            throw ValidationError(
                "--retention \(retention) is no time: write a number with d, h, m or s behind it")
        }
        if repo == nil && (ref != nil || path != nil || allowRewrite) {
            throw ValidationError("--ref, --path and --allow-rewrite belong to --repo")
        }
        if repo != nil && project != nil {
            throw ValidationError("a project is read from --repo or from --project, not from both")
        }
    }
}
