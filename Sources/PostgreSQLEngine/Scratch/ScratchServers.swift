// Owns where scratch databases come from. Invariants: one private server for a major version in a
// process; nothing of a server or a database outlives its use, or the next run after a kill.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Gives scratch databases, and keeps private servers running between them.
actor ScratchServers {
    /// The role of manifests' SQL on private servers.
    static let role = LocalServer.scratchRole

    private var local: [Int: Task<LocalServer, any Error>] = [:]
    private var generator: any RandomNumberGenerator & Sendable

    /// Makes an empty pool; servers start when they are needed.
    init(random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()) {
        generator = random
    }

    /// Runs `body` with a scratch database like the target, and drops it.
    ///
    /// - Parameters:
    ///   - traits: the target's.
    ///   - target: how to reach the target, for the provider `sameServer`.
    nonisolated func withDatabase<Value: Sendable>(
        _ provider: ScratchSettings.Provider, like traits: ScratchTraits,
        target: ConnectionSettings,
        _ body: (ScratchDatabase) async throws -> Value
    ) async throws -> (value: Value, notes: [Diagnostic]) {
        let (database, notes) = try await open(provider, like: traits, target: target)
        do {
            let value = try await body(database)
            await database.drop()
            return (value, notes + database.notes)
        } catch {
            await database.drop()
            throw error
        }
    }

    /// Stops the private servers.
    func stop() async {
        let tasks = local
        local = [:]
        for task in tasks.values { if let server = try? await task.value { await server.stop() } }
    }

    private func open(
        _ provider: ScratchSettings.Provider, like traits: ScratchTraits,
        target: ConnectionSettings
    ) async throws -> (ScratchDatabase, [Diagnostic]) {
        do {
            switch provider {
            case .local: return (try await onLocal(traits, isLenient: true), [])
            case .sameServer: return (try await onTarget(traits, target), [])
            case .url(let url):
                let place = ScratchDatabase.Place(
                    settings: try ConnectionSettings(url), role: nil, makesRole: false,
                    isLenient: true, description: "the scratch server")
                return (try await make(place, traits), [])
            case .automatic:
                guard LocalServer.Binaries.find(major: traits.majorVersion) != nil else {
                    return (try await onTarget(traits, target), [])
                }
                do {
                    return (try await onLocal(traits, isLenient: false), [])
                } catch let unsuitable as ScratchUnsuitable {
                    let note = Diagnostic(
                        .note, code: "scratch-on-target",
                        "the scratch database is on the target's server, since "
                            + unsuitable.error.message, help: unsuitable.error.help)
                    return (try await onTarget(traits, target), [note])
                }
            }
        } catch let unsuitable as ScratchUnsuitable {
            throw unsuitable.error
        }
    }

    private func make(
        _ place: ScratchDatabase.Place, _ traits: ScratchTraits
    ) async throws -> ScratchDatabase {
        try await ScratchDatabase.make(
            at: place, like: traits, random: UInt32.random(in: .min ... .max, using: &generator))
    }

    private func onTarget(
        _ traits: ScratchTraits, _ target: ConnectionSettings
    ) async throws -> ScratchDatabase {
        try await make(
            ScratchDatabase.Place(
                settings: target, role: nil, makesRole: true, isLenient: true,
                description: "the target's server"), traits)
    }

    private func onLocal(
        _ traits: ScratchTraits, isLenient: Bool
    ) async throws -> ScratchDatabase {
        let server = try await server(traits.majorVersion)
        return try await make(
            ScratchDatabase.Place(
                settings: server.settings(), role: Self.role, makesRole: false,
                isLenient: isLenient,
                description: "the private server of PostgreSQL \(traits.majorVersion)"), traits)
    }

    private func server(_ major: Int) async throws -> LocalServer {
        let task =
            local[major]
            ?? Task {
                let server = try await LocalServer.start(major: major)
                let connection = try await PostgreSQLConnection.connect(server.settings())
                try await connection.query(
                    "CREATE ROLE \(SQLDialectName.quoted(Self.role)) LOGIN NOINHERIT")
                await connection.close()
                return server
            }
        local[major] = task
        do {
            return try await task.value
        } catch let error as PostgreSQLError {
            local[major] = nil
            throw EngineError(
                .unsupported, "no private server could be started: \(error.message)",
                help: error.hint ?? "Use another scratch provider.")
        }
    }
}
