// Owns how an index is written in SQL.

import SchemaCore

extension IndexDefinition.Key {
    /// The key as an index or exclusion constraint takes it.
    var sql: SQL {
        var sql: SQL =
            switch element {
            case .column(let name): "\(name: name)"
            case .expression(let expression): "(\(verbatim: expression))"
            }
        if let collation { sql += " COLLATE \(collation.sql)" }
        if let operatorClass {
            sql += " \(operatorClass.sql)"
            if !operatorClassOptions.isEmpty { sql += " (\(operatorClassOptions.parameterList))" }
        }
        if isDescending { sql += " DESC" }
        if nullsFirst != isDescending { sql += nullsFirst ? " NULLS FIRST" : " NULLS LAST" }
        return sql
    }
}

extension IndexDefinition {
    /// How an index is made.
    enum Way {
        /// On the table and all partitions of it.
        case plain
        /// Without blocking writers.
        case concurrently
        /// On the table without its partitions.
        case alone
    }

    /// `CREATE INDEX`; an index stands in its table's schema, so its name takes none.
    func creation(schema: String, name: String?, _ way: Way) -> SQL {
        var sql: SQL = isUnique ? "CREATE UNIQUE INDEX" : "CREATE INDEX"
        if way == .concurrently { sql += " CONCURRENTLY" }
        if let name { sql += " \(name: name)" }
        sql += way == .alone ? " ON ONLY" : " ON"
        sql += " \(name: [schema, table])"
        if method != "btree" { sql += " USING \(name: method)" }
        sql += " (\(keys.map(\.sql).joined(", ")))"
        if !include.isEmpty { sql += " INCLUDE (\(include.nameList))" }
        if nullsNotDistinct { sql += " NULLS NOT DISTINCT" }
        if !options.isEmpty { sql += " WITH (\(options.parameterList))" }
        if let tablespace { sql += " TABLESPACE \(name: tablespace)" }
        if let predicate { sql += " WHERE \(verbatim: predicate)" }
        return sql
    }

    /// Says how many values of expressions are sampled, where that was otherwise.
    func statistics(_ id: ObjectID, from old: IndexDefinition?) -> [SQL] {
        keys.enumerated().compactMap { place, key in
            if key.statistics == old?.keys[place].statistics { return nil }
            let target = key.statistics ?? -1
            return "ALTER INDEX \(name: id.path) ALTER COLUMN \(place + 1) SET STATISTICS \(target)"
        }
    }

    /// The same index as `CREATE INDEX` makes it, which cannot say how many values are sampled.
    var withoutStatistics: IndexDefinition {
        var out = self
        for place in keys.indices { out.keys[place].statistics = nil }
        return out
    }

    /// The same index but for what can be changed in place.
    func placed(like old: IndexDefinition) -> IndexDefinition {
        var out = self
        out.options = old.options
        out.tablespace = old.tablespace
        guard keys.count == old.keys.count else { return out }
        for place in keys.indices { out.keys[place].statistics = old.keys[place].statistics }
        return out
    }
}
