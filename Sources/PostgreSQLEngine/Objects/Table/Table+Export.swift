import Manifest
import Planning
import SchemaCore

extension TableDefinition {
    /// `kind: Table`, with all of its children.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Table", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(
            of: id, to: &fields,
            columns: (source.children[id] ?? []).map(\.id).filter { $0.kind == .column }
                + (source.derived[id] ?? []))
        fields.add("unlogged", flag: isUnlogged)
        addShape(in: id.path[0], parts: source.parts(of: id), to: &fields)
        var parts = TableParts()
        for child in source.children[id] ?? [] { parts.add(child, source) }
        let columns = parts.columns + source.derivedColumns(of: id)
        if origin == nil || !columns.isEmpty { fields.add("columns", .mapping(columns)) }
        if let key = parts.primaryKey { fields.add("primaryKey", key) }
        for (key, entries) in [
            ("unique", parts.unique), ("checks", parts.checks),
            ("foreignKeys", parts.foreignKeys), ("exclusions", parts.exclusions),
            ("indexes", parts.indexes),
        ] where !entries.isEmpty {
            fields.add(key, .mapping(entries))
        }
        source.addMarks(of: id, to: &fields)
        source.addEntries(of: id, to: &fields)
        fields.add("options", texts: options)
        return .mapping(fields.entries)
    }
}

extension TableDefinition {
    private func addShape(
        in schema: String, parts: [(String, YAMLValue)], to fields: inout ExportFields
    ) {
        func parent(_ name: QualifiedName) -> [(String, YAMLValue)] {
            (name.schema == schema ? [] : name.schema.map { [("schema", .text($0))] } ?? [])
                + [("table", .text(name.name))]
        }
        switch origin {
        case .partition(let of, let bound)?:
            let own = parent(of) + [("bound", .plain(bound.text))]
            fields.add(
                "partitionOf", parts.isEmpty ? .flowMapping(own) : .mapping(own + parts))
        case .inheritance(let parents)?:
            fields.add(
                "inherits",
                .flowSequence(
                    parents.map {
                        $0.schema == schema ? .text($0.name) : .flowMapping(parent($0))
                    }))
        case .type(let type)?:
            fields.add("ofType", name: type)
        case nil: break
        }
        if let partitionKey { fields.add("partitionBy", .plain(partitionKey.text)) }
        if let accessMethod { fields.add("accessMethod", .text(accessMethod)) }
        if let tablespace { fields.add("tablespace", .text(tablespace)) }
    }
}

/// The children of a table as its manifest groups them.
private struct TableParts {
    typealias Entries = [(String, YAMLValue)]
    var columns: Entries = []
    var primaryKey: YAMLValue?
    var unique: Entries = []
    var checks: Entries = []
    var foreignKeys: Entries = []
    var exclusions: Entries = []
    var indexes: Entries = []

    mutating func add(_ child: PostgreSQLObject, _ source: ExportSource) {
        let name = child.id.name
        switch child.definition {
        case .column(let column): columns.append((name, column.exported(child.id, source)))
        case .index(let index): indexes.append((name, index.exported(child.id, source)))
        case .constraint(let constraint):
            let value = constraint.exported(child.id, source)
            switch constraint.rule {
            case .primaryKey: primaryKey = value
            case .unique: unique.append((name, value))
            case .check: checks.append((name, value))
            case .foreignKey: foreignKeys.append((name, value))
            case .exclusion: exclusions.append((name, value))
            }
        case .plain: break
        case .schema, .extension, .table, .columnDefault, .enum, .sequence, .view, .function,
            .comment:
            preconditionFailure("\(child.id) is no child of a table's manifest")
        }
    }
}
