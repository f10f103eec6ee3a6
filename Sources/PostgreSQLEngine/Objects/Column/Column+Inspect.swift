import PostgreSQLClient
import SchemaCore

extension CatalogQuery {
    /// The columns of tables and views in scope, and those columns of indexes that hold more than
    /// the index itself tells.
    static let columns = """
        SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation,
            a.attnotnull, a.attidentity, a.attgenerated, a.attstorage,
            CASE WHEN cardinality(a.attoptions) > 1
                OR NOT starts_with(a.attoptions[1], '\(ownOption)=') THEN a.attoptions END,
            a.attcompression, nullif(a.attstattarget, -1), a.attislocal
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
            AND (c.relkind IN ('r', 'p', 'v', 'm')
                OR c.relkind IN ('i', 'I') AND NOT c.relispartition AND (
                    a.attoptions IS NOT NULL OR coalesce(a.attstattarget, -1) <> -1
                    OR a.attrelid IN (SELECT i.indexrelid FROM pg_index i
                        WHERE i.indexprs IS NOT NULL)))
        """

    /// An option that newer minor releases (15.20) keep on columns for themselves.
    static let ownOption = "pg_attver"

    /// The expressions of defaults and generated columns, and whether they call a volatile one,
    /// by the functions and operators that the parsed expression names.
    static let defaults = """
        SELECT d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid),
            d.adbin::text LIKE '%funcid %' AND EXISTS (
                SELECT FROM regexp_matches(d.adbin::text, ':(?:op)?funcid (\\d+)', 'g') call
                JOIN pg_proc p ON p.oid = call[1]::oid WHERE p.provolatile = 'v')
        FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
        WHERE c.relnamespace = ANY($1::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm')
        """
}

extension CatalogReader {
    /// Gives tables and views their columns, in the order of their numbers.
    mutating func readColumns(_ rows: Rows) throws(PostgreSQLError) {
        var last = (oid: OID(0), number: -1)
        for row in rows {
            let oid = row.oid(0)
            if oid != last.oid { last = (oid, relationNumbers[oid] ?? -1) }
            guard last.number >= 0 else {
                try readIndexColumn(row)
                continue
            }
            let column = try ColumnRow(row)
            let columns = relations[last.number].columns
            if let previous = columns.last, previous.number > column.number {
                relations[last.number].isSorted = false
            }
            relations[last.number].columns.append(column)
        }
        for number in relations.indices where !relations[number].isSorted {
            relations[number].columns.sort { $0.number < $1.number }
        }
    }

    private mutating func readIndexColumn(_ row: Row) throws(PostgreSQLError) {
        var options = try row.options(10)
        options[CatalogQuery.ownOption] = nil
        let column = IndexColumn(
            type: row.oid(3), options: options,
            statistics: row.isNull(12) ? nil : row.number(12))
        indexColumns[row.oid(0), default: [:]][row.number(1)] = column
    }

    /// Makes the objects of columns; they follow each other in the order of their table.
    mutating func buildColumns(_ defaults: Rows) throws(PostgreSQLError) {
        let expressions = try expressions(defaults)
        for number in relations.indices where !relations[number].isView {
            let relation = relations[number]
            relations[number].firstColumnSlot = objects.count
            var slots: [Int] = []
            for (place, column) in relation.columns.enumerated() {
                let address = CatalogAddress(relation.oid, OID(column.number))
                guard relation.owns(column) else {
                    slots.append(relation.tableSlot)
                    if let row = expressions[address] {
                        self.slots[CatalogAddress(SystemCatalog.columnDefault, row.oid)] =
                            relation.tableSlot
                    }
                    continue
                }
                slots.append(objects.count)
                let shared = sharedDefinition(column)
                let generated = column.generated == 0 ? nil : expressions[address]
                let whole = completed(shared.column, column, address, generated)
                let slot = objects.count
                append(
                    .column(relation.schema, relation.name, column.name),
                    whole ?? shared.definition, dependencies: relation.childDependencies,
                    position: place + 1, digest: whole == nil ? shared.digest : nil)
                objects[slot].notNullName = column.notNullName
                objects[slot].inheritsNotNull = column.inheritsNotNull
                if let row = generated {
                    self.slots[CatalogAddress(SystemCatalog.columnDefault, row.oid)] = slot
                }
            }
            if relation.isDerived { relations[number].columnSlots = slots }
        }
        try buildDefaults(defaults)
        buildDerivedColumns(expressions)
        buildColumnSettings()
    }

    private mutating func buildDefaults(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            guard let number = relationNumbers[row.oid(1)],
                let column = relations[number].column(row.number(2)), column.generated == 0
            else { continue }
            let relation = relations[number]
            if relation.isView {
                addDefault(try row.text(3), row.oid(0), of: column, relation)
                continue
            }
            guard relation.owns(column) else { continue }
            let definition = PostgreSQLObject.Definition.columnDefault(
                DefaultDefinition(
                    expression: VerbatimSQL(try row.text(3)), isVolatile: row.flag(4)))
            add(
                .columnDefault(relation.schema, relation.name, column.name),
                definition, at: (SystemCatalog.columnDefault, row.oid(0)),
                dependencies: relation.childDependencies.union([
                    .column(relation.schema, relation.name, column.name)
                ]), digest: digests.digest(of: definition))
        }
    }

    /// What a view's column gets from an INSERT that does not name it.
    private mutating func addDefault(
        _ expression: String, _ oid: OID, of column: ColumnRow, _ view: Relation
    ) {
        let fallback = DerivedColumnDefinition(
            isNotNull: false, fallback: VerbatimSQL(expression), relation: view.kind)
        add(
            .derivedColumn(view.schema, view.name, column.name), .plain(.derivedColumn(fallback)),
            at: (SystemCatalog.columnDefault, oid), dependencies: needs(view))
    }

    /// The expressions of generated columns, and the defaults of what is derived or derived from.
    private func expressions(_ rows: Rows) throws(PostgreSQLError) -> ColumnExpressions {
        let parents = Set(relations.flatMap(\.parents))
        var found: ColumnExpressions = [:]
        for row in rows {
            let oid = row.oid(1)
            guard let number = relationNumbers[oid],
                let column = relations[number].column(row.number(2)),
                column.generated != 0 || relations[number].isDerived || parents.contains(oid)
            else { continue }
            found[CatalogAddress(oid, OID(column.number))] = (row.oid(0), try row.text(3))
        }
        return found
    }

    /// What a column is without identity and expression, of which few differ in a database.
    private mutating func sharedDefinition(_ column: ColumnRow) -> SharedColumn {
        if let known = columnDefinitions[column.shape] { return known }
        let type = names.type(column.type)
        let definition = ColumnDefinition(
            type: VerbatimSQL(type.name),
            collation: column.collation == type.collation
                ? nil : names.collations[column.collation],
            isNotNull: column.isNotNull)
        let made = SharedColumn(
            column: definition, definition: .column(definition),
            digest: digests.digest(of: .column(definition)))
        columnDefinitions[column.shape] = made
        return made
    }

    /// The definition of a column with more than all of its shape have; nil for all others.
    private func completed(
        _ shared: ColumnDefinition, _ column: ColumnRow, _ address: CatalogAddress,
        _ expression: (oid: OID, expression: String)?
    ) -> PostgreSQLObject.Definition? {
        let identity = identity(column, sequences.identities[address])
        if identity == nil, expression == nil, column.notNull == nil { return nil }
        var definition = shared
        definition.notNull = column.notNull
        definition.identity = identity
        definition.generated = expression.map {
            ColumnDefinition.Generated(
                expression: VerbatimSQL($0.expression),
                isStored: column.generated == UInt8(ascii: "s"))
        }
        return .column(definition)
    }

    private func identity(
        _ column: ColumnRow, _ sequence: SequenceRow?
    ) -> ColumnDefinition.Identity? {
        guard column.identity != 0, let sequence else { return nil }
        var settings = sequence.settings
        settings.type = nil
        return ColumnDefinition.Identity(
            isAlways: column.identity == UInt8(ascii: "a"), sequenceName: sequence.name,
            sequence: settings)
    }
}

/// Expressions by table and number of the column, with the row that has them.
typealias ColumnExpressions = [CatalogAddress: (oid: OID, expression: String)]

/// The definition that all columns of one shape share.
struct SharedColumn {
    let column: ColumnDefinition
    let definition: PostgreSQLObject.Definition
    let digest: Digest
}

/// A column of a table or a view as `pg_attribute` has it.
struct ColumnRow {
    let number: Int
    let name: String
    let type: TypeReference
    let collation: OID
    var isNotNull: Bool
    /// What of its NOT NULL is not as usual, and the name of that where it is not the first choice.
    var notNull: NotNullDefinition?
    var notNullName: String?
    /// Whether that is had from a parent alone.
    var inheritsNotNull = false
    let identity: UInt8
    let generated: UInt8
    let storage: UInt8
    /// Its own options, compression and statistics target, where it has any.
    let options: [String: String]
    let compression: UInt8
    let statistics: Int?
    /// Whether it is declared for its table, not only had from a parent.
    let isLocal: Bool

    init(_ row: Row) throws(PostgreSQLError) {
        number = row.number(1)
        name = try row.text(2)
        type = TypeReference(oid: row.oid(3), modifier: row.number(4))
        collation = row.oid(5)
        isNotNull = row.flag(6)
        identity = row.character(7)
        generated = row.character(8)
        storage = row.character(9)
        var options = try row.options(10)
        options[CatalogQuery.ownOption] = nil
        self.options = options
        compression = row.character(11)
        statistics = row.isNull(12) ? nil : row.number(12)
        isLocal = row.flag(13)
    }

    /// Whether tables below refuse NULL as well.
    var passesNotNull: Bool { isNotNull && notNull?.noInherit != true }

    /// What decides its definition if it is neither identity nor generated.
    struct Shape: Hashable {
        let type: TypeReference
        let collation: OID
        let isNotNull: Bool
    }
    var shape: Shape { Shape(type: type, collation: collation, isNotNull: isNotNull) }
}
