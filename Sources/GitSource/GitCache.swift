import Foundation
import Glibc
import SchemaCore

/// A folder of bare repositories, one for each address, with what was last seen of each beside
/// it. It may be deleted at any time while nothing runs; only the knowledge of what was last seen
/// is lost with it.
///
/// For the address with digest `D` it holds `D.git` (the repository), `D.json` (what was last
/// seen) and `D.lock` (held while a process fetches).
public struct GitCache: Sendable {
    /// The folder.
    public let folder: String

    /// Uses a folder, which is made at the first fetch.
    public init(_ folder: String) { self.folder = folder }

    /// What was last seen of one repository.
    struct Record: Codable, Equatable, Sendable {
        var url: String
        /// Commits by full reference name.
        var seen: [String: String] = [:]
    }

    /// The places of one repository. A shortened history has a repository of its own, because
    /// libgit2 cannot complete it.
    struct Entry: Sendable {
        let url: GitURL
        let base: String
        var mirror: String { base + ".git" }
        var record: String { base + ".json" }
        var lock: String { base + ".lock" }
    }

    func entry(_ url: GitURL, depth: Int?) -> Entry {
        let key = url.description + (depth.map { "#depth=\($0)" } ?? "")
        let digest = Digest(of: key).description.dropFirst("sha256:".count)
        return Entry(url: url, base: "\(folder)/\(digest.prefix(40))")
    }

    /// Makes the folder.
    func prepare() throws(GitError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw failed("the cache folder \(folder) cannot be made")
        }
    }

    /// Makes an empty folder for one fetch.
    func makeScratch() throws(GitError) -> String {
        var template = Array("\(folder)/fetch-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw failed("a folder inside the cache folder \(folder) cannot be made")
        }
        return String(
            decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Waits for the lock and returns its descriptor; closing it gives the lock back.
    func lock(
        _ entry: Entry, seconds: Double, isCancelled: CancelFlag
    ) throws(GitError) -> Int32 {
        let descriptor = open(entry.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw failed("the lock file \(entry.lock) cannot be opened")
        }
        let start = Monotonic.milliseconds()
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let waited = Monotonic.milliseconds() - start
            if isCancelled.isSet || Double(waited) > seconds * 1_000 {
                close(descriptor)
                throw GitError(
                    isCancelled.isSet ? .cancelled : .busy,
                    "another process fetches \(entry.url) into the same cache",
                    help: "wait for it, or give this process a cache folder of its own")
            }
            usleep(20_000)
        }
        return descriptor
    }

    /// What was last seen; nothing if there is no record.
    func read(_ entry: Entry) throws(GitError) -> Record {
        guard let data = FileManager.default.contents(atPath: entry.record) else {
            return Record(url: entry.url.description)
        }
        guard let record = try? JSONDecoder().decode(Record.self, from: data) else {
            throw GitError(
                .cache,
                "the record \(entry.record) of what was last seen of \(entry.url) "
                    + "cannot be read",
                help: "look at it; deleting it gives up the protection against rewritten "
                    + "history for one fetch")
        }
        return record
    }

    /// Replaces the record at once, so that a crash leaves the old or the new one.
    func write(_ record: Record, _ entry: Entry) throws(GitError) {
        do {
            try CanonicalJSON.data(record).write(
                to: URL(filePath: entry.record), options: .atomic)
        } catch {
            throw failed("the record \(entry.record) cannot be written")
        }
    }

    private func failed(_ what: String) -> GitError {
        GitError(
            .cache, what,
            help: "let the folder be writable and its disk not be full, or name "
                + "another cache folder")
    }
}
