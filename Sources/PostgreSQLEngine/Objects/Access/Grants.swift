public import SchemaCore

/// What roles may do with an object, as far as it is not what they may do with every new one of
/// its sort. Who gave a right makes no difference.
public struct GrantsDefinition: Hashable, Codable, Sendable {
    /// What one role may do.
    public struct Grant: Hashable, Codable, Sendable {
        /// The role; `public` is everybody, which no role can be called, and nothing is the owner.
        public var role: String
        /// What it may do, in the order of the manual, or `all`; empty where it may not do what it
        /// might with another object.
        public var privileges: [String]
        /// What of that it may pass on to others.
        public var grantable: [String]

        /// Makes the value.
        public init(role: String, privileges: [String], grantable: [String] = []) {
            self.role = role
            self.privileges = privileges
            self.grantable = grantable
        }
    }

    /// By the names of the roles.
    public var grants: [Grant]

    /// Makes the definition.
    public init(grants: [Grant] = []) { self.grants = grants }

    /// Everybody.
    static let everybody = "public"
    /// The owner, whoever it is.
    static let owner = ""
}

/// Roles with what they may do, while it is put together.
struct GrantTable {
    /// What one role may.
    struct Rights: Hashable {
        var privileges: Set<String> = []
        var grantable: Set<String> = []
    }

    /// What the server knows for the object.
    let sort: AccessSort
    private let major: Int
    /// What is so from the start, by role.
    private let usual: [String: Rights]
    private(set) var rights: [String: Rights] = [:]

    /// What is so with an object from the start.
    init(_ id: ObjectID, _ sort: AccessSort, major: Int) {
        // `initdb` opens the schema `public`: until PostgreSQL 14 for new objects, too.
        let ofEverybody =
            id == .schema("public")
            ? (major >= 15 ? ["usage"] : ["usage", "create"]) : sort.ofEverybody
        self.init(sort, ofEverybody: ofEverybody, major: major)
    }

    /// What is so with new objects of a sort from the start.
    init(_ sort: AccessSort, ofEverybody: [String], major: Int) {
        self.sort = sort
        self.major = major
        usual =
            sort == .column
            ? [:]
            : [
                GrantsDefinition.owner: Rights(privileges: Set(sort.privileges(major: major))),
                GrantsDefinition.everybody: Rights(privileges: Set(ofEverybody)),
            ]
    }

    /// Nothing is so from the start: what is said is added to something else.
    init(adding sort: AccessSort, major: Int) {
        self.sort = sort
        self.major = major
        usual = [:]
    }

    /// All that there is for the sort, in the order of the manual.
    var known: [String] { sort.privileges(major: major) }

    /// What a role may where nothing is said of it.
    func usual(_ role: String) -> Rights { usual[role] ?? Rights() }

    /// Adds to what a role may; `all` is all that there is.
    mutating func add(_ role: String, _ privileges: [String], grantable: [String] = []) {
        var now = rights[role] ?? Rights()
        now.grantable.formUnion(role == GrantsDefinition.owner ? [] : resolved(grantable))
        now.privileges.formUnion(resolved(privileges).union(now.grantable))
        rights[role] = now
    }

    /// What is not as it is from the start.
    ///
    /// - Parameter isWhole: whether roles that nothing was said of may nothing at all, as in a
    ///   list of the server's.
    func definition(isWhole: Bool) -> GrantsDefinition {
        var rights = rights
        if isWhole {
            for role in usual.keys where rights[role] == nil { rights[role] = Rights() }
        }
        // Of single columns an owner needs no rights.
        if sort == .column { rights[GrantsDefinition.owner] = nil }
        return GrantsDefinition(
            grants: rights.filter { $0.value != usual($0.key) }.sorted { $0.key < $1.key }
                .map { role, rights in
                    .init(
                        role: role, privileges: words(for: rights.privileges),
                        grantable: words(for: rights.grantable))
                })
    }

    /// What words mean.
    func resolved(_ words: [String]) -> Set<String> {
        words.contains("all") ? Set(known) : Set(words)
    }

    /// The words for privileges, in order; all of several are one word.
    private func words(for privileges: Set<String>) -> [String] {
        if known.count > 1, privileges == Set(known) { return ["all"] }
        return known.filter(privileges.contains)
    }
}

extension ObjectID {
    /// The owner of this object.
    var owner: ObjectID { facet(.owner) }
    /// The rights on this object.
    var grants: ObjectID { facet(.grants) }
}

extension PostgreSQLObject {
    /// Owners, rights and what partitions call their parts are managed where a manifest states
    /// them; rights on columns with those on their relation.
    public var statedBy: ObjectID? {
        if id.kind == .owner || id.kind.isPart { return id }
        guard id.kind == .grants else { return nil }
        guard let subject = id.subject, subject.kind == .column else { return id }
        return dependencies.first { $0.path.count == 2 && AccessSort($0.kind) == .relation }?
            .grants ?? id
    }
}
