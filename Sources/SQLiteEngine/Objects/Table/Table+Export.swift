internal import Manifest
internal import Planning
internal import SchemaCore

extension TableDefinition {
    /// `kind: Table`, with all of its children.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(kind: "Table", name: name)
        fields.add("strict", flag: isStrict)
        fields.add("withoutRowID", flag: isWithoutRowID)
        var parts = ExportedParts(table: self, children: source.children[id] ?? [])
        for child in source.children[id] ?? [] { parts.add(child, source) }
        fields.add("columns", .mapping(parts.columns))
        if let key = parts.primaryKey { fields.add("primaryKey", key) }
        for (key, group) in [
            ("unique", parts.unique), ("checks", parts.checks), ("foreignKeys", parts.foreignKeys),
        ] {
            if let value = group.value { fields.add(key, value) }
        }
        if !parts.indexes.isEmpty { fields.add("indexes", .mapping(parts.indexes)) }
        if !parts.triggers.isEmpty { fields.add("triggers", .mapping(parts.triggers)) }
        return .mapping(fields.entries)
    }
}

/// The children of a table as its manifest groups them.
private struct ExportedParts {
    typealias Entries = [(String, YAMLValue)]
    /// The column that is the rowid, folded.
    let rowID: String?
    var columns: Entries = []
    var primaryKey: YAMLValue?
    var unique = ConstraintGroup()
    var checks = ConstraintGroup()
    var foreignKeys = ConstraintGroup()
    var indexes: Entries = []
    var triggers: Entries = []

    init(table: TableDefinition, children: [SQLiteObject]) {
        var parts = TableParts(definition: table, columns: [], constraints: [])
        for child in children {
            switch child.definition {
            case .column(let column): parts.columns.append(column)
            case .constraint(let constraint): parts.constraints.append(constraint)
            case .table, .index, .view, .trigger, .data, .statement: break
            }
        }
        rowID = parts.rowID
    }

    mutating func add(_ child: SQLiteObject, _ source: ExportSource) {
        switch child.definition {
        case .column(let column):
            columns.append((column.name, column.exported(isRowID: rowID == child.id.name)))
        case .index(let index): indexes.append((index.name, index.exported))
        case .trigger(let trigger):
            triggers.append((trigger.name, .mapping(trigger.fields.entries)))
        case .constraint(let constraint):
            switch constraint.rule {
            case .primaryKey(let key): primaryKey = key.exported(name: constraint.name)
            case .unique(let key): unique.add(constraint.name, key.fields, short: key.columns.list)
            case .check(let check):
                checks.add(
                    constraint.name, check.fields, short: .plain(check.expression.written.text))
            case .foreignKey(let key): foreignKeys.add(constraint.name, key.fields(source.facts))
            }
        case .table, .view, .data, .statement:
            preconditionFailure("\(child.id) is no child of a table's manifest")
        }
    }
}

/// The constraints of one sort: by name if each has one of its own, else in a list.
private struct ConstraintGroup {
    private var members: [(name: String?, fields: ExportFields, short: YAMLValue?)] = []

    mutating func add(_ name: String?, _ fields: ExportFields, short: YAMLValue? = nil) {
        members.append((name, fields, fields.entries.count == 1 ? short : nil))
    }

    var value: YAMLValue? {
        guard !members.isEmpty else { return nil }
        let names = members.compactMap(\.name)
        guard names.count == members.count, Set(names.map(ByteText.init)).count == names.count
        else {
            return .sequence(
                members.map { member in
                    guard let name = member.name else {
                        return member.short ?? .flowMapping(member.fields.entries)
                    }
                    return .flowMapping([("name", .text(name))] + member.fields.entries)
                })
        }
        return .mapping(
            members.map { ($0.name ?? "", $0.short ?? .flowMapping($0.fields.entries)) })
    }
}
