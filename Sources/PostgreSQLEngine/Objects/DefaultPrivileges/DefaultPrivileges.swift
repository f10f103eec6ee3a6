import SchemaCore

/// What roles may do with what a role makes from now on: everywhere, where it differs from what is
/// so from the start; in one schema, what comes to that.
public struct DefaultPrivilegesDefinition: Hashable, Codable, Sendable {
    /// Of which new objects they speak.
    enum Sort: String, CaseIterable, Sendable {
        case tables, sequences, functions, types, schemas

        /// What can be allowed there.
        var access: AccessSort {
            switch self {
            case .tables: .relation
            case .sequences: .sequence
            case .functions: .routine
            case .types: .type
            case .schemas: .schema
            }
        }

        /// The word behind `ON`.
        var word: SQL {
            switch self {
            case .tables: "TABLES"
            case .sequences: "SEQUENCES"
            case .functions: "FUNCTIONS"
            case .types: "TYPES"
            case .schemas: "SCHEMAS"
            }
        }
    }

    /// By the names of the roles.
    public var grants: [GrantsDefinition.Grant]

    /// Makes the definition.
    public init(grants: [GrantsDefinition.Grant]) { self.grants = grants }

    /// The address: the role that makes things, of which sort, and perhaps in which schema.
    static func id(of role: String, _ sort: Sort, in schema: String?) -> ObjectID {
        ObjectID(.defaultPrivileges, [role, sort.rawValue] + (schema.map { [$0] } ?? []))
    }

    static func role(of id: ObjectID) -> String { id.path[0] }
    static func sort(of id: ObjectID) -> Sort? { Sort(rawValue: id.path[1]) }
    static func schema(of id: ObjectID) -> String? { id.path.count > 2 ? id.path[2] : nil }

    /// What is so without them.
    static func usual(_ id: ObjectID, major: Int) -> GrantTable {
        let access = sort(of: id)?.access ?? .relation
        if schema(of: id) != nil { return GrantTable(adding: access, major: major) }
        return GrantTable(access, ofEverybody: access.ofEverybody, major: major)
    }
}
