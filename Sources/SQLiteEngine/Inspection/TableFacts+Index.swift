internal import SchemaCore

extension TableFacts {
    /// An index of this table.
    func index(_ entry: SchemaRows.Entry) throws(Contradiction) -> SQLiteObject {
        let read: (CreateIndex, TokenCursor)
        do throws(TokenCursor.Mismatch) {
            read = try CreateIndex.read(entry.sql)
        } catch {
            throw Contradiction("index \(entry.name)", error)
        }
        let (index, cursor) = read
        let told = indexes[entry.name.asciiFolded]
        guard let told, told.origin == "c", told.isUnique == index.isUnique,
            told.isPartial == (index.predicate != nil), told.keys.count == index.keys.count,
            index.name == entry.name
        else { throw Contradiction("index \(entry.name)", "SQLite tells of another one") }
        var used: Set<String> = []
        let keys = try zip(index.keys, told.keys).map { key, told throws(Contradiction) in
            let key = IndexKeyTokens(key, told: told.collation)
            used.formUnion(CanonicalText.columns(in: key.element, of: names))
            return try self.key(key, told, entry, cursor)
        }
        if let predicate = index.predicate {
            used.formUnion(CanonicalText.columns(in: predicate, of: names))
        }
        let definition = IndexDefinition(
            name: entry.name, table: name, isUnique: index.isUnique, keys: keys,
            predicate: index.predicate.map { cursor.comparable($0, in: scope) })
        return SQLiteObject(
            .index(entry.name), .index(definition),
            dependencies: Set(used.map { .column(name, $0) }).union([.table(name)]))
    }

    private func key(
        _ key: IndexKeyTokens, _ told: SchemaRows.Key, _ entry: SchemaRows.Entry,
        _ cursor: TokenCursor
    ) throws(Contradiction) -> IndexDefinition.Key {
        let element: IndexDefinition.Key.Element
        let own: String
        if told.column >= 0 {
            guard key.element.count == 1, told.column < columns.count,
                let name = key.element.first?.unquoted,
                name.asciiFolded == columns[told.column].name.asciiFolded
            else { throw Contradiction("index \(entry.name)", "SQLite has other keys in it") }
            element = .column(columns[told.column].name)
            own = collation(of: name)
        } else {
            element = .expression(cursor.comparable(Array(key.element), in: scope))
            own = "BINARY"
        }
        // Files of the format before 2006 read DESC and take no notice of it.
        guard key.isDescending || !told.isDescending,
            key.collation == nil || key.collation == told.collation
        else {
            throw Contradiction(
                "index \(entry.name)", "SQLite does not agree on an order or a collation")
        }
        return IndexDefinition.Key(
            element, collation: told.collation == own ? nil : told.collation,
            isDescending: key.isDescending)
    }
}
