// Owns the identity changes that come before all else. Invariant: the settled catalog is what the
// live server would print after the same statements, since a server of the same version printed it
// after them; no text is edited here.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Applies renames and type changes to a scratch copy of the live catalog and reads it again.
struct Settler: Sendable {
    /// Where scratch databases come from.
    let servers: ScratchServers

    /// Says what identity changes come first, and what is there after them.
    ///
    /// - Parameters:
    ///   - live: all that was read in scope, with dependencies.
    ///   - desired: the canonical desired catalog.
    ///   - requested: the renames that manifests ask for, with addresses of `live` and `desired`.
    /// - Throws: `DiagnosticsError` where a type cannot be changed in place.
    func settle(
        live before: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>,
        requested: [Rename], target: PostgreSQLConnection, settings: ConnectionSettings,
        scratch: ScratchSettings
    ) async throws -> Settlement<PostgreSQLObject> {
        let roles = RoleRenames(requested)
        let live = roles.applied(to: before)
        // Owners and rights go where their objects go; no server has to be asked.
        let access = SettledAccess(live: live, desired: desired)
        let settlement = try await settleSubstance(
            live: live.filter { !CanonicalAccess.isStated($0) && !$0.id.kind.isAside },
            desired: desired.filter { !$0.id.kind.isAside },
            requested: requested.filter { $0.from.kind != .role },
            target: target, settings: settings, scratch: scratch)
        let maker =
            access.namesMakers
            ? try await target.query("SELECT current_user::text").first?.text(0) : nil
        let whole = try await SettledRows(live).added(
            to: access.added(to: settlement, maker: maker), on: target)
        return roles.added(to: whole, of: before)
    }

    private func settleSubstance(
        live: Catalog<PostgreSQLObject>, desired: Catalog<PostgreSQLObject>,
        requested: [Rename], target: PostgreSQLConnection, settings: ConnectionSettings,
        scratch: ScratchSettings
    ) async throws -> Settlement<PostgreSQLObject> {
        var renames = SettleRenames(live)
        renames.add(
            requested: try SettleRenames.ownColumns(of: requested, in: live), desired: desired)
        renames.add(implied: renames.impliedSequences(desired: desired))
        let problems = renames.attributeProblems()
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        let retyped = Self.retyped(live, desired, renames)
        let suspects = Respelling.suspects(live, desired, renames)
        let attributes = SettleAttributes.suspects(live, desired, renames)
        guard !renames.list.isEmpty || !retyped.isEmpty || !suspects.isEmpty || !attributes.isEmpty
        else {
            return Self.finished(
                Settlement(catalog: live), desired, major: target.serverMajor)
        }
        let work = SettleWork(
            live: live, desired: desired, renames: renames, retyped: retyped, suspects: suspects,
            scope: SettleScope(
                live,
                roots: Self.roots(live, renames, retyped).union(suspects).union(attributes)))
        var traits = try await ScratchTraits.read(target)
        for object in desired.objects.values {
            guard case .extension(let definition) = object.definition,
                let version = definition.version,
                !traits.extensions.contains(where: { $0.name == object.id.name })
            else { continue }
            traits.extensions.append(
                .init(name: object.id.name, version: version, schema: definition.schema))
        }
        let (settlement, _) = try await servers.withDatabase(
            scratch.provider, like: traits, target: settings
        ) { database in try await work.run(in: database) }
        return Self.finished(settlement, desired, major: target.serverMajor)
    }

    /// Adds the renames of what differs by name alone, which the server prints nowhere else.
    private static func finished(
        _ settled: Settlement<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>, major: Int
    ) -> Settlement<PostgreSQLObject> {
        var settlement = settled
        settlement.catalog =
            Reparenting(
                settled.catalog, desired,
                namesNotNulls: major >= CatalogQuery.Since.namedNotNull / 10_000
            ).catalog
        let implied = SettleRenames.impliedNames(from: settlement.catalog, to: desired)
        guard !implied.isEmpty else { return settlement }
        let map = Dictionary(
            implied.flatMap { rename in
                [(rename.from, rename.to), rename.keyIndexComment]
                    + [ObjectKind.comment, .owner, .grants].map {
                        (rename.from.facet($0), rename.to.facet($0))
                    }
            },
            uniquingKeysWith: { $1 })
        var out = settlement
        out.renames += implied
        let earlier = Set(settlement.addresses.values)
        out.addresses = settlement.addresses.mapValues { map[$0] ?? $0 }
            .merging(map.filter { !earlier.contains($0.key) }) { $1 }
        out.catalog = Catalog(
            settlement.catalog.objects.values.lazy.map { object in
                let needs = object.dependencies.map { map[$0] ?? $0 }
                guard let id = map[object.id] else {
                    guard !object.dependencies.isDisjoint(with: map.keys) else { return object }
                    var other = object
                    other.dependencies = Set(needs)
                    return other
                }
                return PostgreSQLObject(
                    id, object.definition, dependencies: Set(needs), position: object.position,
                    span: object.span)
            })
        return out
    }

    /// The columns whose type or collation differs, by live address.
    private static func retyped(
        _ live: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>,
        _ renames: SettleRenames
    ) -> [ObjectID] {
        // A rename of an enum changes what the server prints, not the type: such columns are
        // compared after the renames, in scratch; here it is enough that they are looked at.
        live.sorted.compactMap { object in
            guard case .column(let from) = object.definition,
                case .column(let to)? = desired[renames.settled(object)]?.definition,
                from.isRetyped(to: to)
            else { return nil }
            return object.id
        }
    }

    private static func roots(
        _ live: Catalog<PostgreSQLObject>, _ renames: SettleRenames, _ retyped: [ObjectID]
    ) -> Set<ObjectID> {
        var roots = Set(retyped)
        // Functions that take the table's rows apart keep the server from changing any column.
        let tables = Set(retyped.map(RowTypeUse.table))
        for object in live.objects.values
        where !RowTypeUse.rows(of: object).isDisjoint(with: tables) { roots.insert(object.id) }
        var back: [ObjectID: ObjectID] = [:]
        for object in live.objects.values { back[renames.settled(object)] = object.id }
        // The address at a rename's turn need not be one of the live catalog.
        let settledIDs = AddressSteps(renames.list)
        for (index, rename) in renames.list.enumerated() {
            let final = settledIDs.final(of: rename.to, after: index)
            if let type = final.typeOfPart {
                if let id = back[type] { roots.insert(id) }
            } else if let id = back[final] {
                roots.insert(id)
            } else if final.kind == .sequence {
                roots.formUnion(identityColumns(live, named: rename.from, renames))
            }
        }
        return roots
    }

    /// The column whose identity sequence has that name; the sequence is no object of its own.
    private static func identityColumns(
        _ live: Catalog<PostgreSQLObject>, named sequence: ObjectID, _ renames: SettleRenames
    ) -> [ObjectID] {
        live.objects.values.compactMap { object in
            guard case .column(let column) = object.definition,
                column.identity?.sequenceName == sequence.name,
                renames.settled(object).path[0] == sequence.path[0]
            else { return nil }
            return object.id
        }
    }
}

extension Rename {
    /// What becomes of the comment on the index of a key.
    fileprivate var keyIndexComment: (ObjectID, ObjectID) {
        (ObjectID(.keyIndex, from.path).comment, ObjectID(.keyIndex, to.path).comment)
    }
}

/// Where an address in the middle of a list of renames ends up.
private struct AddressSteps {
    let renames: [Rename]

    init(_ renames: [Rename]) { self.renames = renames }

    func final(of id: ObjectID, after index: Int) -> ObjectID {
        AddressMap(Array(renames[(index + 1)...])).settled(id)
    }
}
