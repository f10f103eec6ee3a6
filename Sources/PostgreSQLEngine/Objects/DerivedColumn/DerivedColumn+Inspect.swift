import SchemaCore

extension CatalogReader {
    /// Makes the objects for what derived columns are beside what they are above.
    mutating func buildDerivedColumns(_ expressions: ColumnExpressions) {
        for number in derivedFromAbove() {
            let relation = relations[number]
            for column in relation.columns where !relation.owns(column) {
                buildDerived(column, of: relation, expressions)
            }
        }
    }

    /// The tables that derive from others, each after those.
    private func derivedFromAbove() -> [Int] {
        var order: [Int] = []
        var seen: Set<OID> = []
        func visit(_ oid: OID) {
            guard let number = relationNumbers[oid], seen.insert(oid).inserted else { return }
            relations[number].parents.forEach(visit)
            if relations[number].isDerived { order.append(number) }
        }
        for relation in relations where relation.isDerived { visit(relation.oid) }
        return order
    }

    private mutating func buildDerived(
        _ column: ColumnRow, of relation: Relation, _ expressions: ColumnExpressions
    ) {
        let above = above(column, of: relation)
        func expression(_ table: OID, _ column: ColumnRow) -> String? {
            expressions[CatalogAddress(table, OID(column.number))]?.expression
        }
        let id = ObjectID.column(relation.schema, relation.name, column.name)
        let own = expression(relation.oid, column)
        let inherited = above.lazy.compactMap { expression($0.table, $0.column) }.first
        if column.generated != 0 || above.contains(where: { $0.column.generated != 0 }) {
            let isSame =
                own == inherited && above.allSatisfy { $0.column.generated == column.generated }
            if !isSame { report(id, "generated in another way than its parent's") }
            return
        }
        if !column.isNotNull, above.contains(where: \.column.passesNotNull) {
            report(id, "column that takes NULL, which its parent's does not")
        }
        if column.identity != 0, !above.contains(where: { $0.column.identity != 0 }) {
            report(id, "identity that its parent's has not")
        }
        let isStricter = column.isNotNull && !above.contains(where: \.column.passesNotNull)
        let isOther = own != inherited
        guard isStricter || isOther else { return }
        // What is set above goes down, so this comes after it.
        let needs = above.flatMap { above -> [ObjectID] in
            let table = relations[relationNumbers[above.table] ?? 0]
            let path = [table.schema, table.name, column.name]
            return [ObjectID(.columnDefault, path), ObjectID(.derivedColumn, path)]
        }.filter { needed in objects.contains { $0.id == needed } }
        append(
            .derivedColumn(relation.schema, relation.name, column.name),
            .plain(
                .derivedColumn(
                    DerivedColumnDefinition(
                        isNotNull: isStricter,
                        fallback: isOther
                            ? own.map { VerbatimSQL($0) } ?? DerivedColumnDefinition.none : nil,
                        inherited: isOther ? inherited.map { VerbatimSQL($0) } : nil))),
            dependencies: relation.childDependencies.union(needs), position: 0, digest: nil)
    }

    /// The columns that a column is had from.
    mutating func above(
        _ column: ColumnRow, of relation: Relation
    ) -> [(table: OID, column: ColumnRow)] {
        relation.parents.compactMap { oid in
            guard let number = relationNumbers[oid] else { return nil }
            if namedColumns[oid] == nil {
                namedColumns[oid] = Dictionary(
                    relations[number].columns.enumerated().map { ($1.name, $0) },
                    uniquingKeysWith: { first, _ in first })
            }
            guard let place = namedColumns[oid]?[column.name] else { return nil }
            return (oid, relations[number].columns[place])
        }
    }
}
