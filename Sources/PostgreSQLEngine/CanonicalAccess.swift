// Owns how owners, rights and roles that manifests state become canonical. They are names of roles
// and words, of which no server has to be asked: in scratch nothing is given to anybody and no role
// is made, so none of the target's roles has to be there, and none of ours meets them. Only the
// addresses of routines and the times are the server's own.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

struct CanonicalAccess {
    private let stated: [PostgreSQLObject]
    private let major: Int
    private let catalog: Catalog<PostgreSQLObject>

    /// - Parameter catalog: what was built, read back.
    init(
        _ stated: [PostgreSQLObject], on catalog: Catalog<PostgreSQLObject>, major: Int
    ) {
        self.stated = stated
        self.catalog = catalog
        self.major = major
    }

    /// Whether an object is nothing that is built in scratch.
    static func isStated(_ object: PostgreSQLObject) -> Bool {
        object.statedBy != nil || object.id.kind == .defaultPrivileges || object.id.kind == .role
    }

    /// The canonical objects.
    ///
    /// - Throws: `DiagnosticsError` for what cannot be on this server.
    func objects(
        in database: ScratchDatabase, searchPath: [String]
    ) async throws -> [PostgreSQLObject] {
        let addresses = try await routines(in: database, searchPath: searchPath)
        let times = try await RoleTimes.read(stated, database)
        var owners: [ObjectID: String] = [:]
        for object in stated {
            guard case .plain(.owner(let owner)) = object.definition,
                let subject = object.id.subject
            else { continue }
            owners[addresses[subject] ?? subject] = owner.role
        }
        var out: [PostgreSQLObject] = []
        var diagnostics: [Diagnostic] = []
        for object in stated {
            do throws(DiagnosticsError) {
                if case .plain(.role(let role)) = object.definition {
                    let whole = try role.resolved(object.id, major: major, at: object.span)
                    out.append(
                        PostgreSQLObject(object.id, .plain(.role(try times.canonical(whole)))))
                } else if let one = try canonical(object, addresses, owners) {
                    out.append(one)
                }
            } catch {
                diagnostics += error.diagnostics
            }
        }
        guard diagnostics.isEmpty else { throw DiagnosticsError(diagnostics) }
        return out
    }

    private func canonical(
        _ object: PostgreSQLObject, _ addresses: [ObjectID: ObjectID],
        _ owners: [ObjectID: String]
    ) throws(DiagnosticsError) -> PostgreSQLObject? {
        guard case .plain(let plain) = object.definition else { return object }
        if case .defaultPrivileges(let definition) = plain {
            let usual = DefaultPrivilegesDefinition.usual(object.id, major: major)
            let grants = try resolved(definition.grants, usual, of: object)
            if grants.grants.isEmpty { return nil }
            return PostgreSQLObject(
                object.id, .plain(.defaultPrivileges(.init(grants: grants.grants))),
                dependencies: object.dependencies)
        }
        if case .part(let part) = plain { return try canonical(part, object) }
        guard let written = object.id.subject else { return object }
        let subject = addresses[written] ?? written
        let relation = object.dependencies.first { AccessSort($0.kind) == .relation }
        let holder = isPartOf(relation, subject) ? relation : subject
        guard let holder, catalog[holder] != nil else {
            throw DiagnosticsError([
                .error(
                    "missing-reference", "\(object.id): there is no \(subject)", at: object.span,
                    help: "Correct the name.")
            ])
        }
        var needs: Set<ObjectID> = [holder]
        if let relation { needs.insert(relation) }
        if holder.kind != .schema, holder.words?.isInSchema == true {
            needs.insert(.schema(holder.path[0]))
        }
        guard case .grants(let grants) = plain else {
            return PostgreSQLObject(
                subject.facet(object.id.kind), object.definition, dependencies: needs)
        }
        guard let sort = AccessSort(subject.kind) else { return nil }
        // What the owner is given by its name, it has.
        let owner = owners[relation ?? subject]
        let known = try resolved(
            grants.grants.filter { $0.role != owner },
            GrantTable(subject, sort, major: major), of: object)
        if sort == .column, known.grants.isEmpty { return nil }
        return PostgreSQLObject(subject.grants, .plain(.grants(known)), dependencies: needs)
    }

    /// A part with what it is a part of.
    private func canonical(
        _ part: PartDefinition, _ object: PostgreSQLObject
    ) throws(DiagnosticsError) -> PostgreSQLObject {
        let table = ObjectID.table(object.id.path[0], object.id.path[1])
        guard let above = PartGround(catalog).above(object.id) else {
            throw DiagnosticsError([
                .error(
                    "missing-reference",
                    "no table above \(table) declares \(object.id.name)", at: object.span,
                    help: "Name an index, a key or a foreign key of the partitioned table.")
            ])
        }
        return PostgreSQLObject(
            object.id, .plain(.part(part.placed(below: above))),
            dependencies: [.schema(table.path[0]), table, above.id])
    }

    private func resolved(
        _ grants: [GrantsDefinition.Grant], _ usual: GrantTable, of object: PostgreSQLObject
    ) throws(DiagnosticsError) -> GrantsDefinition {
        var table = usual
        for grant in grants {
            for word in grant.privileges + grant.grantable
            where word != "all" && !table.known.contains(word) {
                throw DiagnosticsError([
                    .error(
                        "unsupported-version",
                        "\(object.id): PostgreSQL \(major) does not know the right \(word)",
                        at: object.span, help: "Leave it out.")
                ])
            }
            table.add(grant.role, grant.privileges, grantable: grant.grantable)
        }
        return table.definition(isWhole: false)
    }

    /// Whether it is a column that is no object, but a part of its relation.
    private func isPartOf(_ relation: ObjectID?, _ subject: ObjectID) -> Bool {
        guard subject.kind == .column, let relation else { return false }
        if case .view(let view)? = catalog[relation]?.definition {
            return view.columns.contains { $0.name == subject.name }
        }
        if case .plain(.foreignTable(let table))? = catalog[relation]?.definition {
            if let parent = table.parentTable(in: relation.path[0]) {
                return Derivation(catalog).parts(of: parent).contains {
                    $0.id.kind == .column && $0.id.name == subject.name
                }
            }
            return table.columns.contains { $0.name == subject.name }
        }
        guard case .table(let table)? = catalog[relation]?.definition, catalog[subject] == nil
        else { return false }
        if case .type(let name)? = table.origin,
            case .plain(.compositeType(let type))? =
                catalog[.compositeType(name.schema ?? relation.path[0], name.name)]?.definition
        {
            return type.attributes.contains { $0.name == subject.name }
        }
        return Derivation(catalog).inherited(by: relation).contains { $0.id == subject }
    }

    // MARK: - Routines

    /// The addresses of routines that are not as the server prints them.
    private func routines(
        in database: ScratchDatabase, searchPath: [String]
    ) async throws -> [ObjectID: ObjectID] {
        let unknown = Set(stated.compactMap(\.id.subject)).filter { subject in
            catalog[subject] == nil && subject.path.count == 3 && subject.kind != .column
        }
        var out: [ObjectID: ObjectID] = [:]
        for (schema, subjects) in Dictionary(grouping: unknown.sorted(), by: { $0.path[0] }) {
            let path = [schema] + searchPath.filter { $0 != schema }
            for subject in subjects {
                out[subject] = try await address(of: subject, path, in: database)
            }
        }
        return out
    }

    /// The only one of the name, or the one with the types that are meant.
    private func address(
        of subject: ObjectID, _ path: [String], in database: ScratchDatabase
    ) async throws -> ObjectID? {
        let alike = catalog.ids.filter {
            $0.kind == subject.kind && $0.path.prefix(2) == subject.path.prefix(2)
        }
        if alike.count < 2 { return alike.first }
        guard subject.kind.isRoutine else { return nil }
        let text =
            subject.path.prefix(2).map(SQLDialectName.quoted).joined(separator: ".")
            + subject.path[2]
        return try await database.connection.transaction { connection in
            try await connection.set(
                "search_path", to: path.map(SQLDialectName.quoted).joined(separator: ", "),
                isLocal: true)
            let found = try await connection.query(
                "SELECT pg_catalog.to_regprocedure($1)::pg_catalog.oid::pg_catalog.text", [text])
            guard let oid = found.first?[0] else { return nil }
            try await connection.set("search_path", to: "", isLocal: true)
            let rows = try await connection.query(
                "SELECT \(CatalogQuery.signature) FROM pg_catalog.pg_proc p WHERE p.oid = $1::oid",
                [oid])
            return try rows.first.map { row in
                ObjectID(subject.kind, Array(subject.path.prefix(2)) + [try row.text(0)])
            }
        }
    }
}
