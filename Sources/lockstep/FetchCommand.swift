import ArgumentParser
import GitSource

/// The hidden subcommand that the executable starts itself with to fetch from a server.
struct FetchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "__fetch", abstract: "Fetches for another process of lockstep.",
        shouldDisplay: false)

    func run() throws {
        throw ExitCode(FetchWorker.main())
    }
}
