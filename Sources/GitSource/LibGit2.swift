internal import CGit2
import Synchronization

/// Owns the one start of libgit2 in this process and the reading of its errors.
///
/// The last error is kept by thread, may be missing and may be stale: it is read right after the
/// call, on the same thread.
enum LibGit2 {
    /// Starts the library at its first use: it costs some milliseconds, which commands without
    /// git do not pay. No configuration outside our own repositories is ever read.
    static let ready: Void = {
        let started = git_libgit2_init()
        precondition(started > 0, "libgit2 did not start")
        // A cache on a mounted volume belongs to another user; the caller decides on the folder.
        _ = lockstep_git_set_owner_validation(0)
        for level in [
            GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
            GIT_CONFIG_LEVEL_GLOBAL,
        ] {
            _ = lockstep_git_set_search_path(level.rawValue, "")
        }
        _ = lockstep_git_set_cache_max(32 << 20)
        // Objects of a delta chain are unpacked on the way to a small file, so they are bounded
        // when files are read, too.
        let limits = GitLimits()
        _ = lockstep_git_set_mwindow_mapped_limit(limits.mappedBytes)
        _ = lockstep_git_set_pack_max_object_size(limits.objectBytes)
    }()

    /// What the last failed call on this thread says.
    static func lastError() -> (kind: Int32, text: String) {
        guard let error = git_error_last(), let text = error.pointee.message else {
            return (0, "no reason was given")
        }
        return (error.pointee.klass, cleaned(String(cString: text)))
    }

    /// Throws a damaged repository's error for a failed call.
    static func check(_ code: Int32, _ what: @autoclosure () -> String) throws(GitError) {
        if code >= 0 { return }
        let reason = lastError().text
        throw GitError(
            .repositoryDamaged, "\(what()): \(reason)",
            help: "delete the repository's folder in the cache; it is fetched again")
    }

    /// 40 digits as an id; nil if they are none.
    static func id(_ text: String) -> git_oid? {
        var id = git_oid()
        return text.utf8.count == 40 && git_oid_fromstr(&id, text) == 0 ? id : nil
    }

    /// An id as 40 digits.
    static func text(_ id: UnsafePointer<git_oid>) -> String {
        var buffer = [CChar](repeating: 0, count: 41)
        git_oid_tostr(&buffer, 41, id)
        return String(decoding: buffer.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
