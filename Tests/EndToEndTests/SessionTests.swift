// Time budget: 180 s for the whole target on an idle machine.

import Foundation
import TestSupport
import Testing

/// What a person sees, command by command, in the corpus of sessions.
@Suite("Sessions")
struct SessionTests {
    /// Sessions that make roles with settings, which belong to the whole server: an import of
    /// another session's database would tell of them.
    private static let withRoles: Set<String> = ["kinds", "roles"]

    @Test("prints what the golden says", arguments: try Transcript.all())
    func session(name: String) async throws {
        try await Turnstile.shared.pass {
            let transcript = try Transcript(name)
            let isApart = Self.withRoles.contains(name)
            let server =
                isApart
                ? try await PrivatePostgreSQL.start(major: 15)
                : try await PrivatePostgreSQL.shared(major: 15)
            do {
                let text = try await server.withDatabase { try await transcript.play(on: $0) }
                expectGolden(text, at: transcript.goldenPath)
            } catch {
                if isApart { await server.stop() }
                throw error
            }
            if isApart { await server.stop() }
        }
    }
}
