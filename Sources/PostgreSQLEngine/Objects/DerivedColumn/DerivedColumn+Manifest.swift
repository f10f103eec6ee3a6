import Manifest
import Planning
import SchemaCore

extension TableShapeSpec.Origin {
    /// Whether all columns are from elsewhere.
    var hasAll: Bool {
        switch self {
        case .partition, .type: true
        case .inheritance: false
        }
    }

    /// Whether the table is a partition.
    var isPartition: Bool {
        switch self {
        case .partition: true
        case .type, .inheritance: false
        }
    }
}

extension ColumnSpec {
    /// What a table says of a column that it has from elsewhere.
    func lowerDerived(
        _ name: Spanned<String>, table: ObjectID, origin: TableShapeSpec.Origin?,
        former: [ObjectID], _ builder: inout ManifestBuilder, _ context: inout DecodingContext
    ) {
        guard origin != nil else {
            context.report(
                .error(
                    "missing-type", "the column lacks \"type\"", at: span ?? name.span,
                    help: "add type: …"))
            return
        }
        let id = ObjectID.column(table.path[0], table.name, name.value)
        // A table that becomes a partition can have called its column something else until then.
        let isPartition = origin?.isPartition == true
        refuse(name, mayBeRenamed: isPartition, &context)
        if isPartition {
            builder.renames(renamedFrom, to: id) { old in
                former.map { .column($0.path[0], $0.name, old) }
            }
        }
        let derived = DerivedColumnDefinition(
            isNotNull: isNullable.map { !$0.value } ?? false, fallback: fallback)
        if derived.isNotNull || derived.fallback != nil {
            builder.add(
                ObjectID(.derivedColumn, id.path), .plain(.derivedColumn(derived)), at: name.span)
        }
        addSettings(name, table, isDerived: true, &builder)
        builder.comment(comment, on: id, holder: table)
    }

    /// Reports what only the table can say that the column is from.
    private func refuse(
        _ name: Spanned<String>, mayBeRenamed: Bool, _ context: inout DecodingContext
    ) {
        let told: [(String, SourceSpan?)] = [
            type.map { ("type", $0.span) }, identity.map { ("identity", $0.span) },
            generated.map { ("generated", $0.span) }, collation.map { _ in ("collation", nil) },
            mayBeRenamed ? nil : renamedFrom.first.map { ("renamedFrom", $0.span) },
            sequenceComment.map { ("sequenceComment", $0.span) },
        ].compactMap { $0 }
        for (key, place) in told {
            context.report(
                .error(
                    "contradiction",
                    "the column \"\(name.value)\" is not the table's own, and has its \(key) "
                        + "from elsewhere",
                    at: place ?? name.span, help: "remove \(key), or the column"))
        }
    }
}

extension ExportSource {
    /// What a table's manifest says of columns that it has from elsewhere.
    func derivedColumns(of table: ObjectID) -> [(String, YAMLValue)] {
        let keys = (children[table] ?? []).filter(\.isPrimaryKey).flatMap { key in
            if case .constraint(let constraint) = key.definition {
                return constraint.keyColumns ?? []
            }
            return []
        }
        return (derived[table] ?? []).sorted().compactMap { id in
            var fields = ExportFields()
            if case .plain(.derivedColumn(let column))? =
                catalog[ObjectID(.derivedColumn, id.path)]?.definition
            {
                // A primary key of its own says as much.
                if column.isNotNull, !keys.contains(id.name) {
                    fields.add("nullable", .boolean(false))
                }
                if let fallback = column.fallback { fields.add("default", sql: fallback) }
            }
            let notNull = NotNullDefinition(name: catalog[table]?.notNullNames[id.name])
            if let value = notNull.exported { fields.add("notNull", value) }
            addSettings(of: id, to: &fields)
            fields.add("comment", text: comment(on: id))
            guard let grants = columnGrants(id) else {
                return fields.entries.isEmpty ? nil : (id.name, .flowMapping(fields.entries))
            }
            fields.add("grants", grants)
            return (id.name, .mapping(fields.entries))
        }
    }
}
