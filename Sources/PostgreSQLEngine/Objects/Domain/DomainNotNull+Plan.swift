// Owns how the NOT NULL constraint of a domain is made and changed, which from PostgreSQL 17 on has
// a name and may have a comment.

import Planning
import SchemaCore

extension DomainDefinition {
    /// The name that the server gives it.
    static func notNullName(of domain: String) -> String {
        DefaultName.of(domain, nil, "not_null")
    }

    /// Gives the domain its NOT NULL, or takes it away.
    func settingNotNull(_ id: ObjectID) -> [SQL] {
        guard isNotNull else { return ["ALTER DOMAIN \(name: id.path) DROP NOT NULL"] }
        guard let name = notNull?.name else {
            return ["ALTER DOMAIN \(name: id.path) SET NOT NULL"] + notNullComment(id, from: nil)
        }
        return ["ALTER DOMAIN \(name: id.path) ADD CONSTRAINT \(name: name) NOT NULL"]
            + notNullComment(id, from: nil)
    }

    /// Makes this one of the constraint of a domain that is NOT NULL, too.
    func notNullChanges(_ id: ObjectID, from old: DomainDefinition) -> [SQL] {
        let (from, to) = (old.notNullName(id), notNullName(id))
        let rename: SQL =
            "ALTER DOMAIN \(name: id.path) RENAME CONSTRAINT \(name: from) TO \(name: to)"
        return (from == to ? [] : [rename]) + notNullComment(id, from: old.notNull?.comment)
    }

    /// The comment on it, where that is another one than before.
    func notNullComment(_ id: ObjectID, from old: String?) -> [SQL] {
        guard notNull?.comment != old else { return [] }
        let text: SQL = notNull?.comment.map { "\(literal: $0)" } ?? "NULL"
        return [
            """
            COMMENT ON CONSTRAINT \(name: notNullName(id)) ON DOMAIN \(name: id.path) IS \(text)
            """
        ]
    }

    private func notNullName(_ id: ObjectID) -> String {
        notNull?.name ?? Self.notNullName(of: id.name)
    }
}
