import ArgumentParser

@main
struct Lockstep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockstep",
        abstract: "Keeps live databases in lockstep with the schema manifests in a git repository.",
        version: Version.current,
        subcommands: [
            InitCommand.self, ValidateCommand.self, FmtCommand.self, ImportCommand.self,
            PlanCommand.self, ShowCommand.self, ApplyCommand.self, UndoCommand.self,
            AbortCommand.self, WaitCommand.self, StatusCommand.self, DriftCommand.self,
            HistoryCommand.self, ExplainCommand.self, DemoCommand.self,
            VersionCommand.self, FetchCommand.self, SchemasCommand.self,
        ])
}
