import ArgumentParser

@main
struct Lockstep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "Keeps live databases in lockstep with the schema manifests in a git repository.",
        subcommands: [FetchCommand.self])
}
