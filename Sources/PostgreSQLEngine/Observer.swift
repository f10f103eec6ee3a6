// Owns what is measured of a target for a plan. Invariants: nothing is written; each question has
// a limit of its own; an answer that was not had says why.

internal import Planning
internal import PostgreSQLClient
internal import SchemaCore

/// Reads sizes and privileges, and asks the steps' probes.
struct Observer {
    /// How long one probe or count may take, in milliseconds.
    static let probeTimeout = 2_000
    /// How long all of them may take, in milliseconds; what is left then stays unknown.
    static let totalTimeout = 30_000

    private let session: PostgreSQLSession
    /// Leads from an address in the plan to that of now.
    private let backwards: AddressMap

    init(_ session: PostgreSQLSession, _ renames: [Rename] = []) {
        self.session = session
        backwards = AddressMap(renames.reversed().map { Rename(from: $0.to, to: $0.from) })
    }

    func observe(_ steps: [PlannedStep]) async throws -> Observations {
        try await session.query(
            """
            select set_config('statement_timeout', $1, false), set_config('lock_timeout', $1, false)
            """,
            ["\(Self.probeTimeout)ms"])
        let relations = steps.observedObjects.filter {
            [.table, .view, .materializedView, .sequence, .index].contains($0.kind)
        }
        let sizes = try await sizes(of: relations)
        let denials = try await Privileges(session, backwards: backwards).denials(for: steps)
        let answers = await steps.answers(within: .milliseconds(Self.totalTimeout), ask: answer)
        try await session.query(
            """
            select set_config('statement_timeout', '0', false),
              set_config('lock_timeout', '0', false)
            """
        )
        return Observations(sizes: sizes, answers: answers, denials: denials)
    }

    private func sizes(of relations: [ObjectID]) async throws -> [Observations.RelationSize] {
        if relations.isEmpty { return [] }
        let names = String(
            decoding: try CanonicalJSON.data(relations.map { backwards.settled($0).path }),
            as: UTF8.self)
        let rows = try await session.query(
            """
            with recursive tree as (
              select c.oid as root, c.oid
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              where c.relkind in ('r', 'p') and (n.nspname, c.relname) in (
                select e->>0, e->>1 from pg_catalog.jsonb_array_elements($1::jsonb) e)
              union
              select tree.root, h.inhrelid
              from tree join pg_catalog.pg_inherits h on h.inhparent = tree.oid
            )
            select n.nspname, c.relname,
              case when min(part.reltuples) < 0 then -1
                else coalesce(sum(part.reltuples), 0) end::bigint,
              coalesce(sum(pg_catalog.pg_table_size(part.oid)), 0)::bigint,
              coalesce(sum(pg_catalog.pg_indexes_size(part.oid)), 0)::bigint
            from tree join pg_catalog.pg_class c on c.oid = tree.root
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
              left join pg_catalog.pg_class part on part.oid = tree.oid and part.relkind = 'r'
            group by n.nspname, c.relname
            """, [names])
        var sizes: [ObjectID: Observations.Size] = [:]
        for row in rows {
            let id = ObjectID.table(try row.text(0), try row.text(1))
            var estimate = Int64(try row.int(2))
            // Never analysed: the statistics say nothing.
            if estimate < 0 { estimate = await count(id) ?? -1 }
            guard estimate >= 0 else { continue }
            sizes[id] = .init(
                rows: estimate, heapBytes: Int64(try row.int(3)), indexBytes: Int64(try row.int(4)))
        }
        return relations.sorted().compactMap { relation in
            sizes[backwards.settled(relation)].map { .init(relation: relation, size: $0) }
        }
    }

    private func count(_ table: ObjectID) async -> Int64? {
        let query: SQL = "SELECT count(*) FROM \(name: table.path)"
        guard let rows = try? await session.query(query.text(.postgreSQL)),
            let row = rows.first, let number = try? row.int(0)
        else { return nil }
        return Int64(number)
    }

    /// Whether an error comes of a value that was computed with: data exceptions, and a domain's
    /// check in a conversion. A question computes what its step does, so the step fails with it.
    private static func isOfValues(_ code: String) -> Bool {
        code.hasPrefix("22") || code == "23514" || code == "23502"
    }

    private func answer(to probe: Probe) async -> Observations.Answer {
        do {
            let rows = try await session.query(probe.query.text)
            guard let row = rows.first else { return .unknown(reason: "no answer") }
            return .count(Int64(try row.int(0)))
        } catch let error as EngineError {
            // Values of rows may stand in the server's words.
            if probe.meaning == .fails, let code = error.code, Self.isOfValues(code) {
                return .atLeastOne(reason: "SQLSTATE \(code)")
            }
            return .unknown(reason: error.code.map { "SQLSTATE \($0)" } ?? error.kind.rawValue)
        } catch {
            return .unknown(reason: "the answer was no number")
        }
    }
}
