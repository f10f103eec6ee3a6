// Owns what is measured of a target for a plan. Invariants: nothing is written; each question has
// a limit of its own; an answer that was not had says why.

internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// Reads sizes and asks the steps' probes.
struct Observer {
    /// How long one probe or count may take, in milliseconds.
    static let probeTimeout = 2_000
    /// How long all of them may take, in milliseconds; what is left then stays unknown.
    static let totalTimeout = 30_000

    private let session: SQLiteSession
    /// The table of pages, which not every library has (<https://sqlite.org/dbstat.html>).
    private let pages: String

    init(_ session: SQLiteSession, pages: String = "dbstat") {
        self.session = session
        self.pages = pages
    }

    func observe(_ steps: [PlannedStep]) async throws -> Observations {
        let tables = steps.observedObjects.filter { $0.kind == .table }
        return Observations(
            sizes: try await sizes(of: tables),
            answers: await steps.answers(within: .milliseconds(Self.totalTimeout), ask: answer))
    }

    private func sizes(of tables: [ObjectID]) async throws -> [Observations.RelationSize] {
        if tables.isEmpty { return [] }
        // Names as the file has them, by folded name.
        var spelled: [String: String] = [:]
        for row in try await session.query("SELECT name FROM sqlite_schema WHERE type = 'table'") {
            let name = try row.text(0)
            spelled[name.asciiFolded] = name
        }
        let whole = try await session.query(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        let most = try whole.first?.integer(0) ?? 0
        var out: [Observations.RelationSize] = []
        for id in tables {
            guard let name = spelled[id.path[0]], let rows = await number(Self.count(name)) else {
                continue
            }
            // Without dbstat no more is known than what all tables have together.
            let heap = await number(pages(of: "s.name = \(Self.literal(name))"))
            let indexes = await number(
                pages(of: "s.type = 'index' AND s.tbl_name = \(Self.literal(name))"))
            out.append(
                .init(
                    relation: id,
                    size: .init(rows: rows, heapBytes: heap ?? most, indexBytes: indexes ?? 0)))
        }
        return out
    }

    private static func count(_ name: String) -> String {
        ("SELECT count(*) FROM \(name: name)" as SQL).text(.sqlite)
    }

    private static func literal(_ name: String) -> String {
        SQLDialect.sqlite.quoted(literal: name)
    }

    /// The bytes of all pages of a table or of indexes.
    private func pages(of condition: String) -> String {
        """
        SELECT coalesce(sum(d.pgsize), 0) FROM sqlite_schema s \
        JOIN \(pages) d ON d.name = s.name AND d.aggregate = 1 WHERE \(condition)
        """
    }

    private func number(_ query: String) async -> Int64? {
        let rows = try? await session.query(query, timeout: .milliseconds(Self.probeTimeout))
        return rows?.first.flatMap { try? $0.integer(0) }
    }

    private func answer(to probe: Probe) async -> Observations.Answer {
        do {
            let rows = try await session.query(
                probe.query.text, timeout: .milliseconds(Self.probeTimeout))
            guard let row = rows.first else { return .unknown(reason: "no answer") }
            return .count(try row.integer(0))
        } catch let error as EngineError {
            return .unknown(reason: error.code ?? error.kind.rawValue)
        } catch {
            return .unknown(reason: "the answer was no number")
        }
    }
}
