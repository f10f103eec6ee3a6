// Time budget: 180 s for the whole target on an idle machine.

import Foundation
import TestSupport
import Testing

/// What a person sees, command by command, in the corpus of sessions.
@Suite("Sessions")
struct SessionTests {
    @Test("prints what the golden says", arguments: try Transcript.all())
    func session(name: String) async throws {
        try await Turnstile.shared.pass {
            let transcript = try Transcript(name)
            let database = try await PrivatePostgreSQL.shared(major: 15)
            let text = try await database.withDatabase { try await transcript.play(on: $0) }
            expectGolden(text, at: transcript.goldenPath)
        }
    }
}
