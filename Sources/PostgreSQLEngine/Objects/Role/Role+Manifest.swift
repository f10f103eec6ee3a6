import Manifest
import Planning
import SchemaCore

/// `kind: Role`.
struct RoleSpec: Sendable {
    private static let membership = Decoding<RoleDefinition.Membership>.object("membership") {
        fields in
        let admin = fields.optional(
            "admin", .boolean, default: false, "Whether it may pass the membership on.")
        let inherit = fields.optional(
            "inherit", .boolean,
            "Whether it has the rights without SET ROLE; if left out, as the role's own inherit "
                + "(PostgreSQL 16).")
        let set = fields.optional(
            "set", .boolean, default: true, "Whether it may become that role (PostgreSQL 16).")
        return {
            RoleDefinition.Membership(
                role: "", isAdmin: $0[admin], inherits: $0[inherit], canSet: $0[set])
        }
    }.named("RoleMembership")

    private static let memberships = Decoding<[RoleDefinition.Membership]>.forms(
        list: Decoding<[Spanned<String>]>.list(of: .name).map { names in
            names.map {
                RoleDefinition.Membership(
                    role: $0.value, isAdmin: false, inherits: nil, canSet: true)
            }
        },
        mapping: Decoding<OrderedMapping<RoleDefinition.Membership>>.mapping(of: membership).map {
            entries in
            entries.map { entry in
                var membership = entry.value
                membership.role = entry.name.value
                return membership
            }
        })

    var name: Spanned<String>
    var renamedFrom: [Spanned<String>]
    var definition: RoleDefinition

    static let decoding = Decoding<RoleSpec>.object("role") { fields in
        let name = fields.required("name", .name, "The role's name.")
        let renamedFrom = fields.renamedFrom()
        let comment = fields.comment()
        let login = fields.optional(
            "login", .boolean, default: false,
            "Whether it can sign in. Its password is set by hand.")
        let powers = RoleDefinition.Power.allCases.map { power in
            (power, fields.optional(power.rawValue, .boolean, default: false, power.doc))
        }
        let inherits = fields.optional(
            "inherit", .boolean, default: true,
            "Whether it has the rights of the roles of which it is a member.")
        let limit = fields.optional(
            "connectionLimit", .integer(in: 0...Int(Int32.max)),
            "How many connections it may have; any number if left out.")
        let until = fields.optional(
            "validUntil", Decoding<String>.string,
            "Until when its password is good; for ever if left out.")
        let memberships = fields.optional(
            "memberOf", memberships, default: [],
            "The roles of which it is a member: a list, or {role: {admin, inherit, set}}.")
        let settings = fields.optional(
            "settings", .texts, default: .init(), "Its settings in every database, by name.")
        let inDatabases = fields.optional(
            "databaseSettings", .mapping(of: .texts), default: .init(),
            "Its settings in single databases, by database and name.")
        return { values in
            let databases = values[inDatabases]
            for names in [values[settings]] + databases.map(\.value) {
                for entry in names where Secret.isNamed(entry.name.value) {
                    values.report(.secret(entry.name))
                }
            }
            var role = RoleDefinition(
                powers: powers.filter { values[$0.1] }.map(\.0), inherits: values[inherits],
                canLogin: values[login], connectionLimit: values[limit],
                validUntil: values[until], memberships: values[memberships],
                settings: values[settings].texts)
            role.databaseSettings = databases.map {
                .init(database: $0.name.value, settings: $0.value.texts)
            }
            role.comment = values[comment].flatMap { $0.value.isEmpty ? nil : $0.value }
            return RoleSpec(
                name: values[name], renamedFrom: values[renamedFrom], definition: role.tidied())
        }
    }

    func lower(_ builder: inout ManifestBuilder, _ context: inout DecodingContext) {
        if name.value.hasPrefix("pg_") || name.value == "public" || name.value == "none" {
            context.report(
                .error(
                    "reserved-name", "no role can be called \(name.value)", at: name.span,
                    help: "choose another name; roles that begin with pg_ are the server's own"))
        }
        let id = ObjectID.role(name.value)
        builder.add(id, .plain(.role(definition)), at: name.span)
        builder.renames(renamedFrom, to: id) { [.role($0)] }
    }
}

extension RoleDefinition.Power {
    fileprivate var doc: String {
        switch self {
        case .superuser: "Whether no right is asked of it."
        case .createdb: "Whether it may make databases."
        case .createrole: "Whether it may make and change roles."
        case .replication: "Whether it may replicate the server."
        case .bypassrls: "Whether row security does not hold for it."
        }
    }
}

extension RoleDefinition {
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? {
        var fields = ExportFields(kind: "Role", name: id.name)
        fields.add("comment", text: comment)
        fields.add("login", flag: canLogin)
        for power in powers { fields.add(power.rawValue, .boolean(true)) }
        if !inherits { fields.add("inherit", .boolean(false)) }
        if let connectionLimit { fields.add("connectionLimit", .integer(connectionLimit)) }
        fields.add("validUntil", text: validUntil)
        let options: [(String, YAMLValue)] = memberships.map { membership in
            (membership.role, .flowMapping(entries(of: membership)))
        }
        if memberships.allSatisfy({ entries(of: $0).isEmpty }) {
            fields.add("memberOf", names: memberships.map(\.role))
        } else {
            fields.add("memberOf", .mapping(options))
        }
        fields.add("settings", settings: settings)
        if !databaseSettings.isEmpty {
            fields.add(
                "databaseSettings",
                .mapping(
                    databaseSettings.map { one in
                        let sorted = one.settings.sorted { $0.key < $1.key }
                        return (one.database, .mapping(sorted.map { ($0.key, .text($0.value)) }))
                    }))
        }
        return .mapping(fields.entries)
    }

    private func entries(of membership: Membership) -> [(String, YAMLValue)] {
        var fields = ExportFields()
        fields.add("admin", flag: membership.isAdmin)
        if let own = membership.inherits, own != inherits { fields.add("inherit", .boolean(own)) }
        if !membership.canSet { fields.add("set", .boolean(false)) }
        return fields.entries
    }
}

extension ExportFields {
    fileprivate mutating func add(_ key: String, settings: [String: String]) {
        if settings.isEmpty { return }
        let sorted = settings.sorted { $0.key < $1.key }
        add(key, .mapping(sorted.map { ($0.key, .text($0.value)) }))
    }
}
