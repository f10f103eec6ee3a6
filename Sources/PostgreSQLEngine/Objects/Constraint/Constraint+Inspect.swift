import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The constraints of tables in scope but NOT NULL, which is the column's; without those that
    /// a table has only from its parents.
    static func constraints(version: Int) -> String {
        let deleteColumns = version >= Since.deleteColumns ? "k.confdelsetcols" : "NULL"
        let temporal = version >= Since.temporalKeys ? "k.conperiod" : "false"
        let enforced = version >= Since.enforcement ? "k.conenforced" : "true"
        return """
            SELECT k.oid, k.conrelid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey,
                k.confmatchtype, k.confupdtype, k.confdeltype, \(deleteColumns), k.condeferrable,
                k.condeferred, k.convalidated, k.connoinherit, k.conindid, k.conexclop,
                CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
                \(temporal), \(enforced)
            FROM pg_constraint k
            WHERE k.connamespace = ANY($1::oid[]) AND k.conrelid <> 0 AND k.conparentid = 0
                AND k.conislocal
                AND k.contype IN ('p', 'u', 'c', 'f', 'x')
            """
    }
}

/// A constraint as `pg_constraint` has it.
struct ConstraintRow {
    let oid: OID
    let table: OID
    let name: String
    let kind: UInt8
    let columns: [Int]
    let referencedTable: OID
    let referencedColumns: [Int]
    let match: UInt8
    let onUpdate: UInt8
    let onDelete: UInt8
    let onDeleteColumns: [Int]
    let isDeferrable: Bool
    let isInitiallyDeferred: Bool
    let isValidated: Bool
    let noInherit: Bool
    let index: OID
    let operators: [OID]
    let expression: String?
    let isTemporal: Bool
    let isEnforced: Bool

    init(_ row: Row) throws(PostgreSQLError) {
        oid = row.oid(0)
        table = row.oid(1)
        name = try row.text(2)
        kind = row.character(3)
        columns = row.numbers(4)
        referencedTable = row.oid(5)
        referencedColumns = row.numbers(6)
        match = row.character(7)
        onUpdate = row.character(8)
        onDelete = row.character(9)
        onDeleteColumns = row.numbers(10)
        isDeferrable = row.flag(11)
        isInitiallyDeferred = row.flag(12)
        isTemporal = row.flag(18)
        isEnforced = row.flag(19)
        // What is not enforced is not validated either, which goes without saying.
        isValidated = row.flag(13) || !row.flag(19)
        noInherit = row.flag(14)
        index = row.oid(15)
        operators = row.oids(16)
        expression = row[17]
    }
}

extension CatalogReader {
    /// Takes the constraints of modelled tables.
    mutating func readConstraints(_ rows: Rows) throws(PostgreSQLError) {
        constraints.reserveCapacity(rows.count)
        for row in rows where relationNumbers[row.oid(1)] != nil {
            constraints.append(try ConstraintRow(row))
        }
    }

    /// Makes the objects of constraints; the index of a key is the constraint.
    mutating func buildConstraints() {
        for constraint in constraints {
            guard let number = relationNumbers[constraint.table] else { continue }
            let table = relations[number]
            guard let rule = rule(of: constraint, table) else {
                report(
                    .constraint(table.schema, table.name, constraint.name),
                    "constraint that refers to what cannot be read")
                continue
            }
            let slot = add(
                .constraint(table.schema, table.name, constraint.name),
                .constraint(
                    ConstraintDefinition(
                        rule: rule, isDeferrable: constraint.isDeferrable,
                        isInitiallyDeferred: constraint.isInitiallyDeferred,
                        enforcement: constraint.isEnforced ? nil : .notEnforced)),
                at: (SystemCatalog.constraint, constraint.oid),
                dependencies: table.childDependencies)
            // A foreign key names the index of the key that it refers to.
            if constraint.kind != Kind.foreignKey, constraint.index != 0 {
                slots[CatalogAddress(SystemCatalog.relation, constraint.index)] = slot
                constraintsOfIndexes[constraint.index] = slot
            }
        }
    }

    private enum Kind {
        static let primaryKey = UInt8(ascii: "p")
        static let unique = UInt8(ascii: "u")
        static let check = UInt8(ascii: "c")
        static let foreignKey = UInt8(ascii: "f")
    }

    private func rule(
        of constraint: ConstraintRow, _ table: Relation
    ) -> ConstraintDefinition.Rule? {
        switch constraint.kind {
        case Kind.check:
            return constraint.expression.map {
                .check(
                    .init(
                        expression: VerbatimSQL($0), noInherit: constraint.noInherit,
                        isValidated: constraint.isValidated))
            }
        case Kind.foreignKey: return foreignKey(constraint, table).map { .foreignKey($0) }
        case Kind.primaryKey: return key(constraint, table).map { .primaryKey($0) }
        case Kind.unique: return key(constraint, table).map { .unique($0) }
        default: return exclusion(constraint, table).map { .exclusion($0) }
        }
    }

    private func key(
        _ constraint: ConstraintRow, _ table: Relation
    ) -> ConstraintDefinition.Key? {
        guard let index = indexNumbers[constraint.index].map({ indexes[$0] }) else { return nil }
        return ConstraintDefinition.Key(
            columns: table.names(of: constraint.columns), include: included(in: index, table),
            nullsNotDistinct: index.nullsNotDistinct, options: index.options,
            tablespace: index.tablespace, temporal: constraint.isTemporal ? .period : nil)
    }

    private func exclusion(
        _ constraint: ConstraintRow, _ table: Relation
    ) -> ConstraintDefinition.Exclusion? {
        guard let index = indexNumbers[constraint.index].map({ indexes[$0] }) else { return nil }
        let elements = zip(keys(of: index, table), constraint.operators).map { key, oid in
            ConstraintDefinition.Exclusion.Element(key: key, operator: operatorText(oid))
        }
        return ConstraintDefinition.Exclusion(
            method: names.methods[index.method] ?? "", elements: elements,
            include: included(in: index, table),
            predicate: index.predicate.map { VerbatimSQL($0) }, options: index.options,
            tablespace: index.tablespace)
    }

    /// An operator as the server prints it when only its own schema is searched.
    private func operatorText(_ oid: OID) -> VerbatimSQL {
        guard let name = names.operators[oid] else { return VerbatimSQL("") }
        if name.schema == "pg_catalog" { return VerbatimSQL(name.name) }
        let schema = SQLDialect.postgreSQL.quoted(name: name.schema ?? "")
        return VerbatimSQL("OPERATOR(\(schema).\(name.name))")
    }

    private func foreignKey(
        _ constraint: ConstraintRow, _ table: Relation
    ) -> ConstraintDefinition.ForeignKey? {
        let name: QualifiedName
        let referenced: [String]
        if let number = relationNumbers[constraint.referencedTable] {
            let target = relations[number]
            name = QualifiedName(schema: target.schema, name: target.name)
            referenced = target.names(of: constraint.referencedColumns)
        } else if let target = names.otherTables[constraint.referencedTable] {
            name = target.name
            referenced = constraint.referencedColumns.compactMap { target.columns[$0] }
        } else {
            return nil
        }
        guard let onUpdate = Self.action(constraint.onUpdate),
            let onDelete = Self.action(constraint.onDelete),
            let match = Self.match(constraint.match)
        else { return nil }
        return ConstraintDefinition.ForeignKey(
            columns: table.names(of: constraint.columns), table: name,
            referencedColumns: referenced, match: match, onUpdate: onUpdate, onDelete: onDelete,
            onDeleteColumns: table.names(of: constraint.onDeleteColumns),
            isValidated: constraint.isValidated, temporal: constraint.isTemporal ? .period : nil)
    }

    private static func action(_ letter: UInt8) -> ConstraintDefinition.ForeignKey.Action? {
        switch letter {
        case UInt8(ascii: "a"): .noAction
        case UInt8(ascii: "r"): .restrict
        case UInt8(ascii: "c"): .cascade
        case UInt8(ascii: "n"): .setNull
        case UInt8(ascii: "d"): .setDefault
        default: nil
        }
    }

    private static func match(_ letter: UInt8) -> ConstraintDefinition.ForeignKey.Match? {
        switch letter {
        case UInt8(ascii: "s"): .simple
        case UInt8(ascii: "f"): .full
        case UInt8(ascii: "p"): .partial
        default: nil
        }
    }
}
