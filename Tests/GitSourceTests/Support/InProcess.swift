import Foundation

@testable import GitSource

/// The fetching process's work, done in this process.
enum InProcess {
    static func request(
        _ sandbox: Sandbox, _ url: String, _ reference: String = "main",
        _ change: (inout FetchRequest) -> Void = { _ in }
    ) throws -> FetchRequest {
        let settings = try sandbox.settings(url, reference)
        try sandbox.cache.prepare()
        var request = FetchRequest(
            url: settings.url, reference: settings.reference, mirror: sandbox.path("mirror.git"),
            scratch: try sandbox.cache.makeScratch(), seen: [:], allowRewrite: false,
            transport: .libgit2, depth: nil,
            credentials: try settings.credentials.resolved(environment: [:]), caFile: nil,
            proxy: nil, gitProgram: settings.gitProgram, limits: settings.limits)
        change(&request)
        return request
    }

    static func run(_ request: FetchRequest) throws(GitError) -> FetchOutcome {
        try FetchJob.run(request) { _ in }
    }
}
