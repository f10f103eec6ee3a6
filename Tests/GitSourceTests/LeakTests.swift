import Foundation
import Glibc
import Testing

@testable import GitSource

@Suite struct LeakTests {
    /// libgit2's look-up of `insteadOf` leaks 130 KB a time: 2,000 polls would take 260 MB.
    @Test func `polling two thousand times takes no more memory than once`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "1"])
        let request = try InProcess.request(sandbox, origin.path)
        let grown = try await BlockingThread.run { () throws(GitError) in
            for _ in 0..<50 { _ = try InProcess.run(request) }
            let before = ProcessTree.residentBytes(of: getpid())
            for _ in 0..<2_000 { _ = try InProcess.run(request) }
            return ProcessTree.residentBytes(of: getpid()) - before
        }
        // Other tests run beside this one, so the bound is not tight; the leak is far above it.
        #expect(grown < 96 << 20, "\(grown >> 20) MB")
    }
}
