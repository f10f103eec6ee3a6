import SchemaCore

extension CatalogReader {
    /// Makes the objects for how columns of tables are kept, where that is not as usual.
    ///
    /// A table that is made below others takes the storage and compression of their columns. So
    /// where these have another than usual, those of the table are told, whatever they are.
    mutating func buildColumnSettings() {
        for number in relations.indices where relations[number].kind != .view {
            let relation = relations[number]
            for column in relation.columns {
                let own = names.type(column.type).storage
                let differs =
                    column.storage != own
                    || relation.isDerived
                        && above(column, of: relation).contains { $0.column.storage != own }
                let isPacked =
                    column.compression != 0
                    || relation.isDerived
                        && above(column, of: relation).contains { $0.column.compression != 0 }
                guard
                    differs || isPacked || column.statistics != nil
                        || !column.options.isEmpty
                else { continue }
                let isOwn = relation.owns(column) && !relation.isView
                let settings = ColumnSettingsDefinition(
                    storage: differs ? .init(letter: column.storage) : nil,
                    typeStorage: differs ? .init(letter: own) : nil,
                    compression: isPacked ? .init(letter: column.compression) : nil,
                    statistics: column.statistics, options: column.options, isDerived: !isOwn,
                    relation: relation.isView ? relation.kind : nil)
                append(
                    .columnSettings(relation.schema, relation.name, column.name),
                    .plain(.columnSettings(settings)),
                    dependencies: needs(relation).union(
                        isOwn ? [.column(relation.schema, relation.name, column.name)] : []),
                    position: 0, digest: nil)
            }
        }
    }
}

extension CatalogReader {
    /// What all that a relation's columns have beside them depends on.
    func needs(_ relation: Relation) -> Set<ObjectID> { [relation.id, .schema(relation.schema)] }
}

extension ColumnSettingsDefinition.Storage {
    /// From `pg_attribute.attstorage`.
    fileprivate init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "p"): self = .plain
        case UInt8(ascii: "e"): self = .external
        case UInt8(ascii: "m"): self = .main
        case UInt8(ascii: "x"): self = .extended
        default: return nil
        }
    }
}

extension ColumnSettingsDefinition.Compression {
    /// From `pg_attribute.attcompression`.
    fileprivate init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "p"): self = .pglz
        case UInt8(ascii: "l"): self = .lz4
        case 0: self = .usual
        default: return nil
        }
    }
}
