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
        _ statement: RenderedSQL, searchPath: String, ownership: String
    ) async throws {
        try await administration.transaction { connection in
            try await connection.set("search_path", to: searchPath, isLocal: true)
            try await connection.query(statement.text)
            try await connection.query(ownership)
        }
    }

    /// All that was built in it, by the reader of live catalogs.
    func read() async throws -> Catalog<PostgreSQLObject> { try await inspect().catalog }

    /// The same, with what is not modelled.
    func inspect() async throws -> Inspection<PostgreSQLObject> {
        try await PostgreSQLInspector.inspect(connection, scope: .everything, detail: .full)
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
