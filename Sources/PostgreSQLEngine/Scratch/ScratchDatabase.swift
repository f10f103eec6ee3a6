// Owns one scratch database from its making to its end. Invariants: it has the target's traits; it
// is leased from its first moment and dropped at the end; what manifests say runs in it as a role
// that owns nothing else, wherever such a role can be had.
//
// Building runs SQL that nobody has approved. An expression of a manifest can call a function of a
// manifest, which may try anything that its role may do. On a private server that is a role without
// privileges beside its database, behind a socket that nobody else reaches, in a process that holds
// no data of anybody. On the target's server it is a role of the same kind where the session is a
// superuser's; elsewhere the session's own role, of which a note tells. There a manifest can reach
// what that role reaches, which is why only ad hoc runs use it by themselves.

internal import Foundation
internal import Planning
internal import PostgreSQLClient
import SchemaCore
import Synchronization

/// A database that is thrown away.
final class ScratchDatabase: Sendable {
    /// Its name.
    let name: String
    /// The connection in which manifests' SQL runs.
    let connection: PostgreSQLConnection
    /// The role of `connection`, if it is one of our own.
    let role: String?
    /// Schemas and extensions that are there before anything is built.
    let existing: Set<ObjectID>
    /// What differs from the target, and what a person should know of the place.
    let notes: [Diagnostic]

    /// Whether its server is nobody else's, so that roles may be made there.
    private let isPrivate: Bool
    private let maintenance: PostgreSQLConnection
    private let administration: PostgreSQLConnection
    private let made = Mutex<[ObjectID: PlainDefinition]>([:])

    private init(
        name: String, connection: PostgreSQLConnection, role: String?, existing: Set<ObjectID>,
        notes: [Diagnostic], isPrivate: Bool, maintenance: PostgreSQLConnection,
        administration: PostgreSQLConnection
    ) {
        self.isPrivate = isPrivate
        self.name = name
        self.connection = connection
        self.role = role
        self.existing = existing
        self.notes = notes
        self.maintenance = maintenance
        self.administration = administration
    }

    /// Where and how to make one.
    struct Place: Sendable {
        /// How to reach the server as the role that makes databases.
        var settings: ConnectionSettings
        /// The role that manifests' SQL runs as, if the server has it already.
        var role: String?
        /// Whether to make a role for this database alone.
        var makesRole: Bool
        /// Whether another version of an extension, or another locale, will do.
        var isLenient: Bool
        /// How people know it.
        var description: String
    }

    /// Makes one.
    ///
    /// - Parameters:
    ///   - traits: the target's, of whose extensions only those to be installed.
    ///   - random: tells databases of one process apart.
    static func make(
        at place: Place, like traits: ScratchTraits, random: UInt32
    ) async throws -> ScratchDatabase {
        let maintenance = try await PostgreSQLConnection.connect(place.settings)
        let name = "\(ScratchLease.prefix)\(getpid())_\(String(random, radix: 36))"
        do {
            guard maintenance.serverMajor == traits.majorVersion else {
                throw EngineError(
                    .unsupported,
                    "\(place.description) is PostgreSQL \(maintenance.serverMajor), the target "
                        + "is PostgreSQL \(traits.majorVersion)",
                    help: "Scratch databases need the target's major version.")
            }
            try await ScratchLease.sweep(maintenance)
            var maker = ScratchMaker(
                place: place, traits: traits, name: name, maintenance: maintenance)
            try await maker.makeRole()
            try await maker.makeDatabase()
            let administration = try await PostgreSQLConnection.connect(
                place.settings.with(database: name))
            try await maker.furnish(administration)
            let connection = try await maker.connect(administration)
            return ScratchDatabase(
                name: name, connection: connection, role: maker.role,
                existing: try await maker.existing(administration), notes: maker.notes,
                isPrivate: place.role != nil, maintenance: maintenance,
                administration: administration)
        } catch {
            _ = try? await ScratchLease.drop(name, maintenance)
            await maintenance.close()
            throw error
        }
    }

    /// Makes the roles that objects name: on a server of our own nobody has them, and nothing is
    /// theirs there. On another the names have to be those of its roles.
    func provide(rolesOf objects: some Sequence<PostgreSQLObject>) async throws {
        guard isPrivate else { return }
        let roles = Set(objects.lazy.flatMap(\.mentionedRoles)).filter { !$0.hasPrefix("pg_") }
        for role in roles.sorted() {
            do {
                try await administration.query("CREATE ROLE \(SQLDialectName.quoted(role))")
            } catch {
                // It is there, or another build makes it at this moment.
                guard ["42710", "23505"].contains(error.sqlstate?.rawValue ?? "") else {
                    throw error
                }
            }
        }
    }

    /// Installs an extension: a script of the server's own.
    func install(_ statement: RenderedSQL) async throws {
        try await administration.query(statement.text)
    }

    /// Makes a function that only a superuser may make, and gives it to the scratch role.
    func makeForRole(
        _ statement: RenderedSQL, searchPath: String, ownership: String?
    ) async throws {
        try await administration.transaction { connection in
            try await connection.set("search_path", to: searchPath, isLocal: true)
            try await connection.query(statement.text)
            if let ownership { try await connection.query(ownership) }
        }
    }

    /// Whether a function is written in C, so that it can be none of a manifest.
    func isInC(_ function: VerbatimSQL, searchPath: String) async throws -> Bool {
        try await administration.transaction(readOnly: true) { connection in
            try await connection.set("search_path", to: searchPath, isLocal: true)
            let rows = try await connection.query(
                """
                SELECT 1 FROM pg_catalog.pg_proc p
                JOIN pg_catalog.pg_language l ON l.oid = p.prolang
                WHERE p.oid = pg_catalog.to_regproc($1) AND l.lanname IN ('c', 'internal')
                """, [function.text])
            return !rows.isEmpty
        }
    }

    /// Remembers what was made of a kind that it does not show as it is declared.
    func note(_ object: PostgreSQLObject) {
        guard case .plain(let plain) = object.definition else { return }
        made.withLock { $0[object.id] = plain }
    }

    /// Whether a superuser made it and keeps it.
    func isKept(_ id: ObjectID) -> Bool {
        switch made.withLock({ $0[id] })?.kind.scratchMaking {
        case .kept?: role != nil
        case .own?, .given?, nil: false
        }
    }

    /// Knows what was made by its new address.
    func follow(_ addresses: AddressMap) {
        made.withLock { made in
            made = Dictionary(
                made.map { (addresses.settled($0), $1) }, uniquingKeysWith: { first, _ in first })
        }
    }

    private func restored(_ object: PostgreSQLObject) -> PostgreSQLObject? {
        guard case .plain(let read) = object.definition,
            let plain = made.withLock({ $0[object.id] })
        else { return nil }
        let whole = read.restored(from: plain)
        if whole == read { return nil }
        return PostgreSQLObject(
            object.id, .plain(whole), dependencies: object.dependencies,
            position: object.position)
    }

    /// All that was built in it, by the reader of live catalogs.
    func read() async throws -> Catalog<PostgreSQLObject> { try await inspect().catalog }

    /// The same, with what is not modelled.
    func inspect() async throws -> Inspection<PostgreSQLObject> {
        var inspection = try await PostgreSQLInspector.inspect(
            connection, scope: .everything, detail: .full)
        // Whoever may see the options of a mapping is nobody here.
        inspection.unmodelled.removeAll { $0.object.kind == ClauseDefinition.Sort.userMapping.kind }
        for object in inspection.catalog.objects.values {
            if let whole = restored(object) { inspection.catalog.insert(whole) }
        }
        for (id, plain) in made.withLock({ $0 }) where inspection.catalog[id] == nil {
            // What is not built has to be there all the same.
            guard plain.kind.scratchCreation(id).isEmpty else { continue }
            inspection.catalog.insert(PostgreSQLObject(id, .plain(plain)))
        }
        return inspection
    }

    /// Drops it. Does so also when the task is cancelled.
    func drop() async {
        await connection.close()
        await administration.close()
        // What fails here is swept by the next run: the lease tells that this process is gone.
        _ = try? await ScratchLease.drop(name, maintenance)
        await maintenance.close()
    }
}
