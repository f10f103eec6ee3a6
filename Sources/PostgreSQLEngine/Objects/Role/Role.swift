// Owns what a role is. Invariant: a role belongs to the whole server and to others' databases, so
// nothing of it is read, planned or dropped that a project does not ask for; its password is none
// of it.

import SchemaCore

/// A role of the server, without its password.
public struct RoleDefinition: Hashable, Codable, Sendable {
    /// What a role may be allowed beside rights on objects.
    public enum Power: String, CaseIterable, Hashable, Codable, Sendable {
        case superuser, createdb, createrole, replication, bypassrls
    }

    /// That it has what another role may do.
    public struct Membership: Sendable {
        /// The role of which it is a member.
        public var role: String
        /// Whether it may pass the membership on.
        public var isAdmin: Bool
        /// Whether it has the rights without `SET ROLE`; nil before a server's version is known,
        /// where it follows the member.
        public var inherits: Bool?
        /// Whether it may become that role.
        public var canSet: Bool
        /// Who gave it, where that is not the server's first superuser. No difference, but what
        /// takes it away has to name them.
        public var grantors: [String] = []
    }

    /// What is set for it in one database.
    public struct DatabaseSettings: Hashable, Codable, Sendable {
        /// The database.
        public var database: String
        /// The settings.
        public var settings: [String: String]
    }

    /// What it may beside rights on objects, in the order of the cases.
    public var powers: [Power] = []
    /// Whether it has what the roles may of which it is a member.
    public var inherits = true
    /// Whether it can sign in.
    public var canLogin = false
    /// How many connections it may have; nil for any number.
    public var connectionLimit: Int?
    /// Until when its password is good; nil for ever.
    public var validUntil: String?
    /// The roles of which it is a member, by name.
    public var memberships: [Membership] = []
    /// What is set for it in every database.
    public var settings: [String: String] = [:]
    /// What is set for it in single ones, by their names.
    public var databaseSettings: [DatabaseSettings] = []
    /// The comment on it. It is a part of it, since a server keeps those of roles by themselves.
    public var comment: String?
}

extension RoleDefinition.Membership: Hashable, Codable {
    private enum CodingKeys: CodingKey { case role, isAdmin, inherits, canSet }

    /// Compares all but who gave it.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.role == rhs.role && lhs.isAdmin == rhs.isAdmin && lhs.inherits == rhs.inherits
            && lhs.canSet == rhs.canSet
    }

    /// Hashes the role.
    public func hash(into hasher: inout Hasher) { hasher.combine(role) }
}

extension RoleDefinition {
    /// The same with the names of settings' lists quoted in one way, and nothing that says nothing.
    func tidied() -> RoleDefinition {
        var tidy = self
        tidy.settings = settings.mapValuesByName(SettingList.tidied)
        tidy.databaseSettings = databaseSettings.filter { !$0.settings.isEmpty }.map {
            DatabaseSettings(
                database: $0.database,
                settings: $0.settings.mapValuesByName(SettingList.tidied))
        }
        .sorted { $0.database.precedesByBytes($1.database) }
        tidy.memberships.sort { $0.role.precedesByBytes($1.role) }
        tidy.powers = Power.allCases.filter(powers.contains)
        return tidy
    }

    /// The same as a server of a version has it: before 16 a membership is what its member is.
    ///
    /// - Parameter id: its address, for what is told.
    func resolved(_ id: ObjectID, major: Int, at span: SourceSpan?) throws(DiagnosticsError) -> Self
    {
        var role = tidied()
        for index in role.memberships.indices {
            let membership = role.memberships[index]
            let inherits = membership.inherits ?? role.inherits
            if major < 16, inherits != role.inherits || !membership.canSet {
                throw DiagnosticsError([
                    .error(
                        "unsupported-version",
                        "\(id): PostgreSQL \(major) knows no inherit or set of a membership",
                        at: span, help: "leave them out; they came with PostgreSQL 16")
                ])
            }
            role.memberships[index].inherits = inherits
        }
        return role
    }
}

extension [String: String] {
    fileprivate func mapValuesByName(_ change: (String, String) -> String) -> [String: String] {
        reduce(into: [:]) { $0[$1.key] = change($1.key, $1.value) }
    }
}
