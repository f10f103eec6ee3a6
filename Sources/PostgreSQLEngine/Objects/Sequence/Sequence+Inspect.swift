import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// All sequences in scope with the column that owns them: automatically (`OWNED BY`) or
    /// internally (identity).
    static let sequences = """
        SELECT c.oid, c.relnamespace, c.relname, c.relpersistence, s.seqtypid, s.seqstart,
            s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, d.refobjid, d.refobjsubid,
            d.deptype
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
            AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
            AND d.deptype IN ('a', 'i')
        WHERE c.relnamespace = ANY($1::oid[]) AND \(isNoMember("pg_class", "c.oid"))
        """
}

/// The sequences in scope, as read.
struct SequenceRows {
    /// Those of identity columns, by table and number of the column.
    var identities: [CatalogAddress: SequenceRow] = [:]
    /// All others.
    var others: [SequenceRow] = []
}

/// A sequence as `pg_sequence` has it.
struct SequenceRow {
    let oid: OID
    let schema: String
    let name: String
    let isUnlogged: Bool
    let settings: SequenceSettings
    let owner: (table: OID, column: Int)?
}

extension CatalogReader {
    /// Takes the sequences; they become objects once the tables are known.
    mutating func readSequences(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let owner: (table: OID, column: Int)? =
                row.isNull(11) ? nil : (row.oid(11), row.number(12))
            let sequence = SequenceRow(
                oid: row.oid(0), schema: try schema(row.oid(1)), name: try row.text(2),
                isUnlogged: row.character(3) == UInt8(ascii: "u"),
                settings: SequenceSettings(
                    type: Self.countingType(row.oid(4)), start: Int64(row.number(5)),
                    increment: Int64(row.number(6)), minimum: Int64(row.number(7)),
                    maximum: Int64(row.number(8)), cache: Int64(row.number(9)),
                    cycles: row.flag(10)), owner: owner)
            if let owner, row.character(13) == UInt8(ascii: "i") {
                let address = CatalogAddress(owner.table, OID(owner.column))
                sequences.identities[address] = sequence
            } else {
                sequences.others.append(sequence)
            }
        }
    }

    /// Makes the objects of sequences. One that belongs to a table which is not modelled is part
    /// of what is reported of that table. The sequence of an identity column is the column.
    mutating func buildSequences() {
        for sequence in sequences.others {
            var owner: ObjectID?
            if let owned = sequence.owner {
                guard let number = relationNumbers[owned.table],
                    let column = relations[number].column(owned.column)
                else { continue }
                let table = relations[number]
                owner = .column(table.schema, table.name, column.name)
            }
            add(
                .sequence(sequence.schema, sequence.name),
                .sequence(
                    SequenceDefinition(
                        settings: sequence.settings, ownedBy: owner,
                        isUnlogged: sequence.isUnlogged)),
                at: (SystemCatalog.relation, sequence.oid),
                dependencies: [.schema(sequence.schema)])
        }
        for sequence in sequences.identities.values {
            guard let owner = sequence.owner, let number = relationNumbers[owner.table],
                let slot = relations[number].slot(ofColumn: owner.column)
            else { continue }
            slots[CatalogAddress(SystemCatalog.relation, sequence.oid)] = slot
            identitySequences[sequence.oid] = sequence
            if sequence.isUnlogged != relations[number].isUnlogged,
                version >= CatalogQuery.Since.unloggedSequences
            {
                report(
                    objects[slot].id, "identity sequence with another persistence than its table")
            }
        }
    }

    private static func countingType(_ oid: OID) -> String {
        switch oid {
        case 21: "smallint"
        case 23: "integer"
        default: "bigint"
        }
    }
}
