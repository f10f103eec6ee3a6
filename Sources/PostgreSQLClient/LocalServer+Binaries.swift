// Owns the finding of installed server programs.

import Glibc

extension LocalServer {
    /// The folder of one major version's server programs.
    public struct Binaries: Sendable, Hashable {
        /// The major version, such as 15.
        public let major: Int
        /// The folder that holds `postgres` and `initdb`.
        public let directory: String

        /// The programs of a version in a known folder, or nil if they are not there.
        public init?(major: Int, directory: String) {
            guard
                ["postgres", "initdb"].allSatisfy({ access("\(directory)/\($0)", X_OK) == 0 })
            else { return nil }
            self.major = major
            self.directory = directory
        }

        /// Finds the programs of a major version.
        ///
        /// Looks where Debian, Red Hat and Alpine install them, then in
        /// `$LOCKSTEP_PG_HOME/<major>/bin`, or, if that is not set, in
        /// `/var/tmp/lockstep-<uid>/postgresql/<major>/bin`, where `scripts/install-postgresql`
        /// puts them. The last is not in the home folder, because a server of root runs as
        /// `nobody`, who cannot read that; since anybody may create it, it has to belong to us.
        public static func find(major: Int) -> Binaries? {
            for directory in searchPath(major: major) {
                if let found = Binaries(major: major, directory: directory) { return found }
            }
            return nil
        }

        /// The same, with an error that says where it looked.
        public static func required(major: Int) throws(PostgreSQLError) -> Binaries {
            if let found = find(major: major) { return found }
            throw PostgreSQLError(
                kind: .localServer,
                message: "no server programs of PostgreSQL \(major) are installed; looked in "
                    + searchPath(major: major).joined(separator: ", "),
                hint: "Install the package postgresql-\(major), or set LOCKSTEP_PG_HOME to a "
                    + "folder that holds \(major)/bin/postgres.")
        }

        static func searchPath(major: Int) -> [String] {
            let installed = [
                "/usr/lib/postgresql/\(major)/bin", "/usr/pgsql-\(major)/bin",
                "/usr/libexec/postgresql\(major)",
            ]
            if let home = getenv("LOCKSTEP_PG_HOME").map({ String(cString: $0) }), !home.isEmpty {
                return installed + ["\(home)/\(major)/bin"]
            }
            let ours = "/var/tmp/lockstep-\(geteuid())"
            guard FileSystem.belongsToUs(ours) else { return installed }
            return installed + ["\(ours)/postgresql/\(major)/bin"]
        }
    }
}
