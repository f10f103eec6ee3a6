// Owns how a private server is made.

import Glibc

extension LocalServer {
    /// Who compares texts in a cluster.
    public enum LocaleProvider: Sendable, Hashable {
        /// The C library.
        case libc
        /// ICU with a locale such as `und` or `de-AT`, and rules (16 and later).
        case icu(locale: String, rules: String?)
        /// The server itself with `C`, `C.UTF-8` or `PG_UNICODE_FAST` (17 and later).
        case builtin(locale: String)
    }

    /// How a private server is made.
    public struct Options: Sendable, Hashable {
        /// The encoding of its template databases.
        public var encoding = "UTF8"
        /// The C library's locale of its template databases.
        public var locale = "C.UTF-8"
        /// Who compares texts; nil for what the version does by itself, which is libc.
        public var localeProvider: LocaleProvider?
        /// Server settings beside or instead of ours.
        public var settings: [String: String] = [:]
        /// The folder under which its own is made; by default that of temporary files.
        public var baseDirectory: String?
        /// A port on 127.0.0.1, where roles log in with their passwords. None by default.
        public var loopbackPort: Int?
        /// Whether every role may log in through the socket, also if root started the server, in
        /// which case otherwise only root can, as the superuser.
        public var trustsEveryRole = false

        /// A server as the scratch databases need it.
        public init() {}

        var port: Int { loopbackPort ?? 5432 }

        var initArguments: [String] {
            var arguments = [
                "--username=\(LocalServer.superuser)", "--auth=trust", "--no-sync",
                "--no-instructions", "--encoding=\(encoding)", "--locale=\(locale)",
            ]
            switch localeProvider {
            case nil: break
            case .libc: arguments.append("--locale-provider=libc")
            case .icu(let locale, let rules):
                arguments += ["--locale-provider=icu", "--icu-locale=\(locale)"]
                if let rules { arguments.append("--icu-rules=\(rules)") }
            case .builtin(let locale):
                arguments += ["--locale-provider=builtin", "--builtin-locale=\(locale)"]
            }
            return arguments
        }

        var serverSettings: [String: String] {
            var all = [
                "listen_addresses": loopbackPort == nil ? "" : "127.0.0.1",
                "unix_socket_permissions": "0700",
                // The data lives for minutes and need not survive a loss of power. What was
                // committed survives a killed server, which tests rely on.
                "fsync": "off", "full_page_writes": "off",
                "max_wal_senders": "0", "autovacuum": "off", "shared_buffers": "64MB",
                "max_wal_size": "4GB", "checkpoint_timeout": "1d",
                // A whole schema is built in one transaction.
                "max_locks_per_transaction": "1024", "max_connections": "100",
                "jit": "off", "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C",
                "logging_collector": "off", "log_destination": "stderr",
            ]
            all.merge(settings) { $1 }
            return all
        }

        /// The socket's folder lets nobody else in. But several people's programs run as `nobody`,
        /// so there the kernel is asked who comes.
        func accessRules(isRoot: Bool) -> String {
            var rules = "local all all trust\n"
            if isRoot, !trustsEveryRole { rules = "local all all peer map=starter\n" }
            if loopbackPort != nil { rules += "host all all 127.0.0.1/32 scram-sha-256\n" }
            return rules
        }

        var userMap: String {
            let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root"
            return [LocalServer.superuser, LocalServer.scratchRole]
                .map { "starter \"\(name)\" \($0)\n" }.joined()
        }
    }
}
