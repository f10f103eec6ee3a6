import Foundation
import Glibc
import Testing

@testable import GitSource

@Suite struct LeakTests {
    /// libgit2's look-up of `insteadOf` leaks 50 to 150 KB a time: 2,000 polls would
    /// take 100 MB and more.
    @Test func `polling two thousand times takes no more memory than once`() async throws {
        let sandbox = try Sandbox()
        let origin = try await sandbox.repository()
        try await origin.commit(["a.yaml": "1"])
        let request = try InProcess.request(sandbox, origin.path)
        // Other tests run in this process beside this one and take memory of their own, so each
        // 500 polls are looked at alone: a leak of 25 MB and more shows in all four of them.
        let growths = try await BlockingThread.run { () throws(GitError) -> [Int] in
            for _ in 0..<50 { _ = try InProcess.run(request) }
            var growths: [Int] = []
            for _ in 0..<4 {
                let before = ProcessTree.residentBytes(of: getpid())
                for _ in 0..<500 { _ = try InProcess.run(request) }
                growths.append(ProcessTree.residentBytes(of: getpid()) - before)
            }
            return growths
        }
        let least = try #require(growths.min())
        #expect(least < 8 << 20, "\(growths)")
    }
}
