// Owns the building of objects in a scratch database. Invariants: each statement is sent by itself
// through the extended protocol, so that no text of a manifest can smuggle in a second one; what
// fails is tried again until nothing moves; all errors are told, not the first.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Builds units in a database of its own.
///
/// Nothing here needs a transaction: the database is thrown away.
struct ScratchBuilder {
    /// What could not be built, and why in the server's words.
    struct Failure: Sendable {
        var unit: ScratchUnit
        var statement: RenderedSQL
        var error: PostgreSQLError
    }

    /// The scratch database.
    let database: ScratchDatabase
    /// The search path that the session has, so that it is set only when it changes.
    private var currentPath: [String]?
    /// What is there already and need not be made.
    private var existing: Set<ObjectID>
    /// What a superuser made and kept, on which only that one comments.
    private var ofSuperuser: Set<ObjectID> = []
    /// What was built, in order.
    private(set) var built: [ScratchUnit] = []

    init(_ database: ScratchDatabase) {
        self.database = database
        existing = database.existing
    }

    /// Builds what can be built and gives the rest.
    ///
    /// - Parameter relief: asked once, when nothing moves any more, for what else could be built
    ///   so that the rest can.
    mutating func build(
        _ units: [ScratchUnit], relief: ([Failure]) async throws -> [ScratchUnit] = { _ in [] }
    ) async throws -> [Failure] {
        var waiting = units
        var isRelieved = false
        var uncut: [ObjectID: Failure]?
        while true {
            let (failures, moved) = try await round(waiting)
            if failures.allSatisfy(\.unit.isEnvironment) { return [] }
            waiting = failures.map(\.unit)
            if moved { continue }
            if !isRelieved {
                isRelieved = true
                let others = try await relief(failures)
                waiting = others + waiting
                if !others.isEmpty { continue }
            }
            var isSplit = false
            waiting = waiting.flatMap { unit in
                guard case .last(let pieces) = unit.fallback else { return [unit] }
                isSplit = true
                return pieces()
            }
            if isSplit { continue }
            if uncut == nil {
                uncut = Dictionary(
                    failures.map { ($0.unit.id, $0) }, uniquingKeysWith: { first, _ in first })
                waiting = waiting.flatMap { unit in
                    guard case .cycle(let halves) = unit.fallback else { return [unit] }
                    isSplit = true
                    return halves()
                }
                if isSplit { continue }
            }
            // What a view without columns made of the errors would mislead.
            return failures.filter { !$0.unit.isEnvironment }.map { uncut?[$0.unit.id] ?? $0 }
        }
    }

    /// Those of what could not be built before that can be now.
    mutating func built(of failures: [Failure]) async throws -> Set<ObjectID> {
        let left = try await build(failures.map(\.unit))
        return Set(failures.map(\.unit.id)).subtracting(left.map(\.unit.id))
    }

    /// Tries each unit once; a table that fails as a whole is tried in pieces at once.
    private mutating func round(
        _ units: [ScratchUnit]
    ) async throws -> (failures: [Failure], moved: Bool) {
        var failures: [Failure] = []
        var moved = false
        for unit in units {
            guard let failure = try await attempt(unit) else {
                moved = true
                continue
            }
            guard case .now(let pieces) = unit.fallback else {
                failures.append(failure)
                continue
            }
            for piece in pieces() {
                if let failure = try await attempt(piece) {
                    failures.append(failure)
                } else {
                    moved = true
                }
            }
        }
        return (failures, moved)
    }

    private mutating func attempt(_ unit: ScratchUnit) async throws -> Failure? {
        let isPlace = unit.rank == .schema || unit.rank == .extension
        if isPlace, existing.contains(unit.id) { return nil }
        try await setPath(unit.searchPath)
        if unit.id.kind == .statement { return try await attemptWhole(unit) }
        for (place, statement) in unit.statements.enumerated() {
            do {
                try await run(statement, of: unit)
            } catch let error as PostgreSQLError {
                guard error.kind == .server, !error.isConnectionLost else { throw error }
                if place > 0 { try await takeBack(unit) }
                return Failure(unit: unit, statement: statement, error: error)
            }
        }
        if isPlace { existing.insert(unit.id) }
        database.note(unit.objects[0])
        built.append(unit)
        return nil
    }

    /// What its author wrote for it need not remove a part of it.
    private mutating func attemptWhole(_ unit: ScratchUnit) async throws -> Failure? {
        try await database.connection.begin()
        for statement in unit.statements {
            guard case .failure(let error) = try await database.connection.attempt(statement.text)
            else { continue }
            try await database.connection.rollback()
            return Failure(unit: unit, statement: statement, error: error)
        }
        try await database.connection.commit()
        built.append(unit)
        return nil
    }

    /// Removes what the first statements of a unit made, so that it can be tried again.
    private func takeBack(_ unit: ScratchUnit) async throws {
        for statement in unit.objects[0].removal {
            let rendered = statement.rendered(.postgreSQL)
            if ofSuperuser.contains(unit.id) {
                try await database.install(rendered)
            } else {
                try await database.connection.query(rendered.text)
            }
        }
    }

    private mutating func run(_ statement: RenderedSQL, of unit: ScratchUnit) async throws {
        // Extensions belong to whoever installed them, and only the owner comments on them.
        let isOfExtension = unit.objects[0].id.subject?.kind == .extension
        guard unit.rank != .extension, !isOfExtension, !isOfSuperuser(unit.id) else {
            try await database.install(statement)
            return
        }
        if try await isMadeBySuperuser(statement, of: unit) { return }
        do {
            try await database.connection.query(statement.text)
        } catch {
            guard error.sqlstate == .insufficientPrivilege, let role = database.role,
                case .function(let function) = unit.objects[0].definition,
                function.isHarmlessToMake
            else { throw error }
            // Only a superuser may make it, which says nothing about who runs it: it is given to
            // the scratch role at once.
            let ownership: SQL =
                "ALTER \(unit.id.reference) OWNER TO \(name: role)"
            try await database.makeForRole(
                statement, searchPath: Self.pathText(unit.searchPath),
                ownership: ownership.text(.postgreSQL))
        }
    }

    /// Makes what only a superuser may make, if that is what it is and nothing of a manifest runs
    /// by it.
    private mutating func isMadeBySuperuser(
        _ statement: RenderedSQL, of unit: ScratchUnit
    ) async throws -> Bool {
        guard let role = database.role, case .plain(let plain) = unit.objects[0].definition else {
            return false
        }
        let path = Self.pathText(unit.searchPath)
        switch plain.kind.scratchMaking {
        case .own: return false
        case .given:
            let ownership: SQL = "ALTER \(unit.id.reference) OWNER TO \(name: role)"
            try await database.makeForRole(
                statement, searchPath: path, ownership: ownership.text(.postgreSQL))
        case .kept(let called):
            if let called, try await !database.isInC(called, searchPath: path) { return false }
            try await database.makeForRole(statement, searchPath: path, ownership: nil)
            ofSuperuser.insert(unit.id)
        }
        return true
    }

    private func isOfSuperuser(_ id: ObjectID) -> Bool {
        id.subject.map(ofSuperuser.contains) ?? false
    }

    /// Looks names up in these schemas from now on.
    private mutating func setPath(_ path: [String]) async throws {
        guard path != currentPath else { return }
        try await database.connection.set("search_path", to: Self.pathText(path))
        currentPath = path
    }

    private static func pathText(_ path: [String]) -> String {
        path.map(SQLDialectName.quoted).joined(separator: ", ")
    }
}

extension FunctionDefinition {
    /// Whether making it as a superuser runs nothing that came with the manifests.
    var isHarmlessToMake: Bool {
        switch body {
        case .source, .sql: true
        case .symbol(let file, _): file.hasPrefix("$libdir/") && !file.contains("..")
        }
    }
}
