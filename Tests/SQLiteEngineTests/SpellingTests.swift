import Planning
import SchemaCore
import Testing

@testable import SQLiteEngine

/// A random table as values, written plainly and oddly: both have to be read as those values.
@Suite("Odd spellings of SQLite's tables")
struct SpellingTests {
    @Test("a table reads the same however it is written", arguments: 0..<250 as Range<UInt64>)
    func tables(_ seed: UInt64) async throws {
        var random = Seeded(state: seed)
        let parts = RandomTable.make(&random)
        let plain = parts.create().text(.sqlite)
        let catalog = try await read(plain).catalog
        for column in parts.columns {
            let found = catalog[.column(parts.definition.name, column.name)]
            #expect(found?.definition == .column(column), "\(plain)")
        }
        let ids = ConstraintDefinition.ids(parts.constraints, of: parts.definition.name)
        for (id, constraint) in zip(ids, parts.constraints) {
            #expect(catalog[id]?.definition == .constraint(constraint), "\(id) in \(plain)")
        }
        #expect(catalog.count == 1 + parts.columns.count + parts.constraints.count)
        for _ in 0..<3 {
            let odd = OddWriter(random: random).write(parts)
            _ = random.next()
            let other = try await read(odd).catalog
            #expect(other == catalog, "\(plain)\n\(odd)")
            // What is kept of an odd spelling makes the same table again.
            #expect(try await read(other.script).catalog == catalog, "\(other.script)")
        }
    }
}

/// Random tables as they are read back.
enum RandomTable {
    static let names = [
        "id", "Name", "key", "order", "a b", "é", "x\"y", "desc", "UserID", "generated", "check",
        "end", "tick`s", "'q'", "ROWS", "_x1",
    ]
    static let types = [
        "", "INTEGER", "INT", "TEXT", "VARCHAR(10)", "DECIMAL(10,2)", "DOUBLE PRECISION", "BLOB",
        "TIMESTAMP WITH TIME ZONE", "ANY",
    ]

    static func make(_ random: inout Seeded) -> TableParts {
        let isStrict = random.chance(20)
        var table = TableDefinition(name: random.pick(["t", "My Table", "group", "T\"2"]))
        table.isStrict = isStrict
        table.isWithoutRowID = random.chance(25)
        let names = Array(
            Self.names.shuffled(using: &random).prefix(Int.random(in: 2...6, using: &random)))
        var columns = names.map { name in
            ColumnDefinition(
                name: name,
                type: random.pick(isStrict ? ["INTEGER", "INT", "TEXT", "BLOB", "ANY"] : types))
        }
        for index in columns.indices { decorate(&columns[index], names, &random) }
        if columns.allSatisfy({ $0.generated != nil }) { columns[0].generated = nil }
        var constraints: [ConstraintDefinition] = []
        if table.isWithoutRowID || random.chance(60) {
            constraints.append(key(of: table, &columns, &random))
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let one = constraint(columns, &random)
            // Namesakes are numbered in their order, which the odd writer does not keep.
            if !constraints.contains(where: { $0.address == one.address }) {
                constraints.append(one)
            }
        }
        return TableParts(definition: table, columns: columns, constraints: constraints)
    }

    private static func decorate(
        _ column: inout ColumnDefinition, _ names: [String], _ random: inout Seeded
    ) {
        if random.chance(30) {
            column.notNull = .init(
                name: random.chance(20) ? "nn" : nil, conflict: random.pick(ConflictClause.allCases)
            )
        }
        if random.chance(20) { column.collation = random.pick(["NOCASE", "RTRIM"]) }
        if random.chance(15), column.name != names[0] {
            column.generated = .init(
                expression: expression("upper(\(quoted(names[0])) || 'x--y')", names),
                isStored: random.chance(50))
        } else if random.chance(40) {
            column.default = ComparableSQL(
                random.pick([
                    "1", "-1.5", "+3", "'it''s'", "x'0AFF'", "NULL", "CURRENT_TIMESTAMP", "TRUE",
                    "1 + 2 * 3", "abs(-1) || 'A'", "'x' LIKE 'X'",
                ]))
            column.default = column.default.map {
                expression($0.written.text, [])
            }
        }
    }

    /// As it is compared in the scope of a table.
    static func expression(_ text: String, _ names: [String]) -> ComparableSQL {
        let columns = Dictionary(
            names.map { ($0.asciiFolded, $0) }, uniquingKeysWith: { $1 })
        let tokens = (try? Tokenizer.tokens(of: text)) ?? []
        return ComparableSQL(
            written: VerbatimSQL(text), canonical: CanonicalText.of(tokens, in: .table(columns)))
    }

    private static func quoted(_ name: String) -> String { SQLDialect.sqlite.quoted(name: name) }

    private static func key(
        of table: TableDefinition, _ columns: inout [ColumnDefinition], _ random: inout Seeded
    ) -> ConstraintDefinition {
        let possible = columns.indices.filter { columns[$0].generated == nil }.shuffled(
            using: &random)
        let chosen = possible.prefix(random.chance(60) ? 1 : 2)
        var key = ConstraintDefinition.PrimaryKey(
            columns: chosen.map { .init(columns[$0].name, isDescending: random.chance(25)) },
            conflict: random.pick(ConflictClause.allCases))
        let first = columns[chosen[0]]
        if first.type == "INTEGER", chosen.count == 1, !table.isWithoutRowID,
            !key.columns[0].isDescending
        {
            key.isAutoincrement = random.chance(40)
            columns[chosen[0]].notNull = nil
        } else if random.chance(20), first.collation == nil {
            key.columns[0].collation = "NOCASE"
        }
        // An INTEGER with an order of its own can only be written at the column, without collation.
        if first.type == "INTEGER", chosen.count == 1 { key.columns[0].collation = nil }
        if table.isStrict || table.isWithoutRowID {
            for index in chosen where columns[index].notNull == nil {
                let isRowID =
                    first.type == "INTEGER" && chosen.count == 1
                    && !table.isWithoutRowID && !key.columns[0].isDescending
                if !isRowID { columns[index].notNull = .init() }
            }
        }
        return ConstraintDefinition(
            name: random.chance(30) ? "PK of it" : nil, rule: .primaryKey(key))
    }

    private static func constraint(
        _ columns: [ColumnDefinition], _ random: inout Seeded
    ) -> ConstraintDefinition {
        let names = columns.map(\.name)
        let some = Array(names.shuffled(using: &random).prefix(random.chance(70) ? 1 : 2))
        let name = random.chance(40) ? random.pick(["k1", "Key two", "unique"]) : nil
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            // A conflict clause that another key of the same columns contradicts would be an error.
            return .init(name: name, rule: .unique(.init(columns: some.map { .init($0) })))
        case 1:
            let text = random.pick([
                "\(quoted(some[0])) <> 'a''b--c'", "length(\(quoted(some[0]))) IN (1, 2, -3)",
                "\(quoted(some[0])) IS NULL OR NOT \(quoted(some[0])) = x'00'",
                "CASE WHEN \(quoted(some[0])) > 1.5e3 THEN 1 ELSE 0 END",
                "CAST(\(quoted(some[0])) AS text) LIKE 'a%' ESCAPE '\\'",
                "(\(quoted(some[0])) + 1) * 2 >= 0x1f COLLATE nocase",
            ])
            return .init(name: name, rule: .check(.init(expression: expression(text, names))))
        default:
            let actions = ConstraintDefinition.ForeignKey.Action.allCases
            return .init(
                name: name,
                rule: .foreignKey(
                    .init(
                        columns: some, table: "other one",
                        referencedColumns: random.chance(50)
                            ? some.map { $0.asciiFolded + "2" } : [],
                        match: random.chance(20) ? "FULL" : nil, onUpdate: random.pick(actions),
                        onDelete: random.pick(actions), isDeferred: random.chance(30))))
        }
    }
}
