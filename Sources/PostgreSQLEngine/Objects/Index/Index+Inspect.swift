import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The indexes in scope, those of constraints too. Only expressions and predicates are
    /// printed by the server; the rest is in the vectors.
    static func indexes(version: Int) -> String {
        let nulls = version >= Since.nullsNotDistinct ? "i.indnullsnotdistinct" : "false"
        return """
            SELECT i.indexrelid, i.indrelid, c.relname, i.indisunique, i.indisvalid, i.indnkeyatts,
                i.indkey, i.indclass, i.indcollation, i.indoption, \(nulls), c.relam, c.reloptions,
                CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END,
                CASE WHEN i.indexprs IS NOT NULL THEN ARRAY(
                    SELECT pg_get_indexdef(i.indexrelid, key + 1, false)
                    FROM generate_series(0, i.indnkeyatts - 1) key
                    WHERE i.indkey[key] = 0 ORDER BY key) END,
                place.spcname
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            LEFT JOIN pg_tablespace place ON place.oid = c.reltablespace
            WHERE c.relnamespace = ANY($1::oid[]) AND c.relkind IN ('i', 'I')
                AND NOT c.relispartition
                AND \(isNoMember("pg_class", "c.oid"))
            """
    }
}

/// An index as `pg_index` has it.
struct IndexRow {
    let oid: OID
    let table: OID
    let name: String
    let isUnique: Bool
    let isValid: Bool
    let keyCount: Int
    let columns: [Int]
    let classes: [OID]
    let collations: [OID]
    let directions: [Int]
    let nullsNotDistinct: Bool
    let method: OID
    let options: [String: String]
    let predicate: String?
    let expressions: [String]
    let tablespace: String?

    init(_ row: Row) throws(PostgreSQLError) {
        oid = row.oid(0)
        table = row.oid(1)
        name = try row.text(2)
        isUnique = row.flag(3)
        isValid = row.flag(4)
        keyCount = row.number(5)
        columns = row.numbers(6)
        classes = row.oids(7)
        collations = row.oids(8)
        directions = row.numbers(9)
        nullsNotDistinct = row.flag(10)
        method = row.oid(11)
        options = try row.options(12)
        predicate = row[13]
        expressions = row.isNull(14) ? [] : try row.texts(14)
        tablespace = row[15]
    }
}

extension CatalogReader {
    /// Takes the indexes of modelled tables.
    mutating func readIndexes(_ rows: Rows) throws(PostgreSQLError) {
        indexes.reserveCapacity(rows.count)
        for row in rows {
            guard let number = relationNumbers[row.oid(1)], relations[number].kind != .view else {
                continue
            }
            let index = try IndexRow(row)
            indexNumbers[index.oid] = indexes.count
            indexes.append(index)
        }
    }

    /// Makes the objects of the indexes that belong to no constraint.
    mutating func buildIndexes() {
        for index in indexes {
            guard let slot = constraintsOfIndexes[index.oid] else {
                buildIndex(index)
                continue
            }
            for (column, more) in indexColumns[index.oid, default: [:]]
            where more.statistics != nil {
                report(objects[slot].id, "statistics target of its column \(column)")
            }
        }
    }

    private mutating func buildIndex(_ index: IndexRow) {
        guard let number = relationNumbers[index.table] else { return }
        let table = relations[number]
        var keys = keys(of: index, table)
        for place in keys.indices {
            keys[place].statistics = indexColumns[index.oid]?[place + 1]?.statistics
        }
        let definition = IndexDefinition(
            on: table.kind, table: table.name, isUnique: index.isUnique,
            nullsNotDistinct: index.nullsNotDistinct,
            method: names.methods[index.method] ?? "",
            keys: keys, include: included(in: index, table),
            predicate: index.predicate.map { VerbatimSQL($0) }, options: index.options,
            tablespace: index.tablespace, isValid: index.isValid)
        add(
            .index(table.schema, index.name), .index(definition),
            at: (SystemCatalog.relation, index.oid),
            dependencies: [table.id, .schema(table.schema)])
    }

    /// The columns that an index only carries.
    func included(in index: IndexRow, _ table: Relation) -> [String] {
        table.names(of: index.columns[index.keyCount...])
    }

    /// The keys of an index in order.
    func keys(of index: IndexRow, _ table: Relation) -> [IndexDefinition.Key] {
        var expressions = index.expressions.makeIterator()
        return (0..<index.keyCount).map { place in
            let options = indexColumns[index.oid]?[place + 1]?.options ?? [:]
            let direction = index.directions[place]
            let column = table.column(index.columns[place])
            let element: IndexDefinition.Key.Element =
                if let column {
                    .column(column.name)
                } else {
                    .expression(VerbatimSQL(expressions.next() ?? ""))
                }
            let operatorClass = names.operatorClasses[index.classes[place]]
            return IndexDefinition.Key(
                element, collation: collation(of: index, place, column, table),
                operatorClass: options.isEmpty && isDefaultClass(index, place, column)
                    ? nil : operatorClass?.name,
                operatorClassOptions: options, isDescending: direction & 1 != 0,
                nullsFirst: direction & 2 != 0)
        }
    }

    /// The collation of a key if it is not the element's own.
    ///
    /// The catalog does not hold an expression's own collation. Where none of the table's columns
    /// has another than the database's, it can only be that one; else it is said, since a key that
    /// says its own collation is the same key.
    private func collation(
        of index: IndexRow, _ place: Int, _ column: ColumnRow?, _ table: Relation
    ) -> QualifiedName? {
        let collation = index.collations[place]
        if collation == 0 { return nil }
        if let column {
            return column.collation == collation ? nil : names.collations[collation]
        }
        let isPlain = table.columns.allSatisfy {
            $0.collation == 0 || $0.collation == Self.defaultCollation
        }
        return isPlain && collation == Self.defaultCollation ? nil : names.collations[collation]
    }

    /// `pg_catalog."default"`, the same on every server.
    static let defaultCollation: OID = 100

    /// Whether `CREATE INDEX` would choose this operator class by itself.
    private func isDefaultClass(_ index: IndexRow, _ place: Int, _ column: ColumnRow?) -> Bool {
        let found = index.classes[place]
        guard let known = names.operatorClasses[found] else { return false }
        // An expression's type is the index column's, unless the class stores another one.
        if column == nil, known.storedType != 0 { return known.isDefault }
        guard let type = column?.type.oid ?? indexColumns[index.oid]?[place + 1]?.type else {
            return false
        }
        return names.defaultClasses[MethodAndType(method: index.method, type: type)] == found
    }
}
