import Planning
import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The subscriptions of the database. Only a superuser sees how they reach the publisher, and
    /// only then is it asked for (`subscriptionConnections`).
    static func subscriptions(version: Int) -> String {
        var options = [
            ("binary", flagged("s.subbinary")), ("streaming", streaming(version)),
            ("synchronous_commit", "nullif(s.subsynccommit, 'off')"),
        ]
        if version >= 150000 {
            options += [
                ("two_phase", flagged("s.subtwophasestate <> 'd'")),
                ("disable_on_error", flagged("s.subdisableonerr")),
            ]
        }
        if version >= 160000 {
            options += [
                ("password_required", "CASE WHEN NOT s.subpasswordrequired THEN 'false' END"),
                ("run_as_owner", flagged("s.subrunasowner")),
                ("origin", "nullif(s.suborigin, 'any')"),
            ]
        }
        if version >= 170000 { options.append(("failover", flagged("s.subfailover"))) }
        let list = options.map { "'\($0.0)', (\($0.1))::text" }.joined(separator: ", ")
        return """
            SELECT s.oid, s.subname, nullif(coalesce(s.subslotname, 'none'), s.subname),
                s.subpublications, json_strip_nulls(json_build_object(\(list)))::text,
                has_column_privilege('pg_subscription', 'subconninfo', 'SELECT'),
                obj_description(s.oid, 'pg_subscription') IS NOT NULL
            FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
            WHERE d.datname = current_database()
            """
    }

    /// By default off, from 18 on parallel.
    private static func streaming(_ version: Int) -> String {
        if version < 160000 { return "CASE WHEN s.substream THEN 'on' END" }
        let usual = version >= 180000 ? "p" : "f"
        return """
            CASE WHEN s.substream = '\(usual)' THEN NULL
                ELSE CASE s.substream WHEN 't' THEN 'on' WHEN 'p' THEN 'parallel' ELSE 'off' END END
            """
    }

    /// How they reach their publishers, by oid.
    static let subscriptionConnections = "SELECT oid, subconninfo FROM pg_subscription"
}

extension CatalogReader {
    /// Makes the objects of subscriptions. Whether one is enabled is nothing that is declared.
    mutating func buildSubscriptions(_ snapshot: CatalogSnapshot) async throws {
        let rows = try await snapshot.rows(CatalogQuery.subscriptions(version: version))
        var connections: [OID: (text: String, hasSecret: Bool)] = [:]
        if rows.contains(where: { $0.flag(5) }) {
            for row in try await snapshot.rows(CatalogQuery.subscriptionConnections) {
                let text = try row.text(1)
                // A newer server may know parameters that our libpq does not.
                guard let settings = try? ConnectionSettings(text) else { continue }
                connections[row.oid(0)] =
                    settings.hasSecret ? (settings.textWithoutSecrets, true) : (text, false)
            }
        }
        for row in rows {
            let id = ObjectID(ClauseDefinition.Sort.subscription.kind, try row.text(1))
            var values: [(String, VerbatimSQL)] = []
            if let connection = connections[row.oid(0)] {
                values.append(("connection", VerbatimSQL(connection.text)))
                if connection.hasSecret, scope.isEverything {
                    report(id, "password of its connection, which is left alone")
                }
            } else if scope.isEverything {
                report(id, "connection that cannot be read")
            }
            if let slot = row[2] { values.append(("slot", VerbatimSQL(slot))) }
            if row.flag(6), scope.isEverything { report(id, "comment on a subscription") }
            add(
                id,
                .plain(
                    .clause(
                        ClauseDefinition(
                            sort: .subscription, values: .init(values),
                            texts: try Self.texts(row, 4),
                            members: try row.texts(3).map { VerbatimSQL($0) }))),
                at: (SystemCatalog.subscription, row.oid(0)))
        }
    }
}
