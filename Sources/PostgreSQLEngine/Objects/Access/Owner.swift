/// The role that an object belongs to.
public struct OwnerDefinition: Hashable, Codable, Sendable {
    /// Where a role stands to who looks.
    public enum Standing: Hashable, Sendable {
        /// It is the session's own.
        case own
        /// It owns the database, or stands for who does.
        case database
        /// It is another.
        case other
    }

    /// The role's name.
    public var role: String
    /// Where it stands to who looked. No difference: the same object has one owner, whoever looks.
    public var standing = Standing.other

    /// Makes the definition.
    public init(role: String, standing: Standing = .other) {
        self.role = role
        self.standing = standing
    }

    private enum CodingKeys: CodingKey { case role }

    /// Compares the roles.
    public static func == (lhs: OwnerDefinition, rhs: OwnerDefinition) -> Bool {
        lhs.role == rhs.role
    }

    /// Hashes the role.
    public func hash(into hasher: inout Hasher) { hasher.combine(role) }
}
