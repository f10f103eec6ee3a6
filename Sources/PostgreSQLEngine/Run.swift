// Owns how one action is run and what became of it. Invariant: what is there is seen by looking at
// the object, never by IF EXISTS, which also takes a broken index for a good one.

public import Planning
internal import PostgreSQLClient
internal import SchemaCore

extension PostgreSQLSession {
    /// Runs an action: statements in the open transaction, the others outside of one.
    public func run(_ action: Action, limits: ExecutionLimits) async throws {
        switch action {
        case .statements(let statements):
            try await limit(
                lock: limits.lockTimeout, statement: limits.statementTimeout, isLocal: true)
            for statement in statements { try await query(statement.text) }
        case .concurrentBuild(let build):
            try await withoutLockTimeout(limits) {
                if try await state(of: build) == .broken { try await query(build.cleanup.text) }
                try await query(build.build.text)
            }
            guard try await state(of: build.index) == .sound else {
                throw EngineError(
                    .refused, "\(build.index) was built but is not valid",
                    statement: build.build.text)
            }
        case .concurrentDrop(let drop):
            try await withoutLockTimeout(limits) { try await query(drop.drop.text) }
        case .concurrentDetach(let detach):
            try await withoutLockTimeout(limits) {
                switch try await state(of: detach) {
                case .attached: try await query(detach.detach.text)
                case .leaving: try await query(detach.finalize.text)
                case .cluttered, .detached: break
                }
            }
            // Here somebody would wait behind it.
            try await within(lock: limits.lockTimeout, statement: limits.statementTimeout) {
                try await query(detach.cleanup.text)
            }
        }
    }

    /// Reads from the catalog what became of an action that may have been cut off.
    public func outcome(of action: Action) async throws -> Outcome {
        switch action {
        case .statements:
            // They are kept together with their record in the journal, or not at all.
            return .notStarted
        case .concurrentBuild(let build):
            switch try await state(of: build) {
            case .absent: return .notStarted
            case .broken: return .partial(repair: [build.cleanup])
            case .sound: return .done
            }
        case .concurrentDrop(let drop):
            switch try await state(of: drop.index) {
            case .absent: return .done
            // A drop that was cut off is gone on with by the same statement.
            case .broken: return .partial(repair: [])
            case .sound: return .notStarted
            }
        case .concurrentDetach(let detach):
            switch try await state(of: detach) {
            case .attached: return .notStarted
            case .leaving: return .partial(repair: [detach.finalize, detach.cleanup])
            case .cluttered: return .partial(repair: [detach.cleanup])
            case .detached: return .done
            }
        }
    }

    /// Runs what `outcome(of:)` says removes a part that was left, outside a transaction.
    public func repair(_ statements: [Statement], limits: ExecutionLimits) async throws {
        try await withoutLockTimeout(limits) {
            for statement in statements { try await query(statement.text) }
        }
    }

    /// Who holds locks on what a step touches: those that it may have waited for.
    public func blockers(of touches: [Step.Touch]) async throws -> [LockHolder] {
        let relations = touches.compactMap { touch -> [String]? in
            let path = (touch.object.subject ?? touch.object).path
            return path.count > 1 ? Array(path.prefix(2)) : nil
        }
        let names = String(decoding: try CanonicalJSON.data(relations), as: UTF8.self)
        let rows = try await query(
            """
            with named as (
              select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where (n.nspname, c.relname) in (
                select e->>0, e->>1 from jsonb_array_elements($1::jsonb) e)),
            concerned as (
              select oid from named
              union select indrelid from pg_index where indexrelid in (select oid from named))
            select distinct on (l.pid) \(ActivityRow.columns)
            from pg_locks l left join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'relation' and l.granted and l.pid <> pg_backend_pid()
              and l.database = (select oid from pg_database where datname = current_database())
              and l.relation in (select oid from concerned)
            order by l.pid limit \(Self.holdersNamed)
            """, [names])
        return rows.map { LockHolder(summary: ActivityRow($0).summary) }
    }

    private enum IndexState { case absent, broken, sound }

    /// What there is of the index that a build makes. Another one that has its name is neither
    /// taken for it nor removed.
    private func state(of build: Action.ConcurrentBuild) async throws -> IndexState {
        let state = try await state(of: build.index)
        guard state != .absent, let digest = build.digest else { return state }
        guard case .index(var index)? = try await object(build.index)?.definition else {
            return .absent
        }
        index.isValid = true
        return PostgreSQLObject(build.index, .index(index)).digest == digest ? state : .absent
    }

    private func object(_ id: ObjectID) async throws -> PostgreSQLObject? {
        do {
            return try await PostgreSQLInspector.inspect(
                connection, scope: Scope(schemas: [id.path[0]]), detail: .definitions
            ).catalog[id]
        } catch let error as PostgreSQLError {
            throw EngineError(error, statement: nil)
        }
    }

    private func state(of index: ObjectID) async throws -> IndexState {
        let rows = try await query(
            """
            select i.indisvalid and i.indisready and i.indislive
            from pg_index i join pg_class c on c.oid = i.indexrelid
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relname = $2
            """, [index.path[0], index.name])
        guard let row = rows.first else { return .absent }
        return try row.bool(0) ? .sound : .broken
    }

    private enum PartitionState { case attached, leaving, cluttered, detached }

    private func state(of detach: Action.ConcurrentDetach) async throws -> PartitionState {
        let rows = try await query(
            """
            select h.inhdetachpending from pg_inherits h
            join pg_class c on c.oid = h.inhrelid join pg_namespace n on n.oid = c.relnamespace
            join pg_class p on p.oid = h.inhparent join pg_namespace m on m.oid = p.relnamespace
            where n.nspname = $1 and c.relname = $2 and m.nspname = $3 and p.relname = $4
            """,
            [
                detach.partition.path[0], detach.partition.name, detach.table.path[0],
                detach.table.name,
            ])
        guard let row = rows.first else {
            return try await hasStrayCheck(detach) ? .cluttered : .detached
        }
        return try row.bool(0) ? .leaving : .attached
    }

    /// Whether a partition that is detached has a check of its bound.
    private func hasStrayCheck(_ detach: Action.ConcurrentDetach) async throws -> Bool {
        let kept = String(decoding: try CanonicalJSON.data(detach.checks), as: UTF8.self)
        let rows = try await query(
            """
            select from pg_constraint k join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relname = $2 and k.contype = 'c' and k.conislocal
              and k.coninhcount = 0
              and k.conname not in (select jsonb_array_elements_text($3::jsonb))
            """, [detach.partition.path[0], detach.partition.name, kept])
        return !rows.isEmpty
    }

    /// A lock timeout would leave a concurrent build broken each time that it waits for an old
    /// transaction, and it keeps nobody waiting; so the clock on the wall is its only limit.
    private func withoutLockTimeout(
        _ limits: ExecutionLimits, _ body: () async throws -> Void
    ) async throws {
        try await within(lock: 0, statement: limits.buildTimeout, body)
    }

    private func within(lock: Int, statement: Int, _ body: () async throws -> Void) async throws {
        try await limit(lock: lock, statement: statement, isLocal: false)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        // A connection that is gone needs no reset.
        try? await limit(lock: 0, statement: 0, isLocal: false)
        try result.get()
    }

    private func limit(lock: Int, statement: Int, isLocal: Bool) async throws {
        try await query(
            """
            select set_config('lock_timeout', $1, $3::boolean),
              set_config('statement_timeout', $2, $3::boolean)
            """, ["\(lock)ms", "\(statement)ms", isLocal ? "true" : "false"],
            ignoresCancellation: true)
    }
}
