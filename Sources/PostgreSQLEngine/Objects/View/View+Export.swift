import Manifest
import Planning
import SchemaCore

extension ViewDefinition {
    /// `kind: View`. The server's query names its columns itself.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        let isStored = id.kind == .materializedView
        var fields = ExportFields(
            kind: isStored ? "MaterializedView" : "View", schema: id.path[0], name: id.name)
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(
            of: id, to: &fields,
            columns: columns.map { .column(id.path[0], id.name, $0.name) })
        let grants = columns.compactMap { column -> (String, YAMLValue)? in
            source.columnGrants(.column(id.path[0], id.name, column.name)).map {
                (column.name, $0)
            }
        }
        if !grants.isEmpty { fields.add("columnGrants", .mapping(grants)) }
        let comments = columns.compactMap { column -> (String, YAMLValue)? in
            let id = ObjectID.column(id.path[0], id.name, column.name)
            return source.comment(on: id).map { (column.name, .text($0)) }
        }
        if !comments.isEmpty { fields.add("columnComments", .mapping(comments)) }
        if !isStored, source.isInCircle(id) {
            let types = columns.map { ($0.name, YAMLValue.plain($0.type)) }
            fields.add("columnTypes", .mapping(types))
        }
        addColumns(id, source, to: &fields)
        if isStored {
            fields.add("options", texts: options)
        } else {
            exportOptions(to: &fields)
        }
        let text = query.text.trimmed
        fields.add("query", .plain(text))
        let indexes = (source.children[id] ?? []).compactMap { child -> (String, YAMLValue)? in
            guard case .index(let index) = child.definition else { return nil }
            return (child.id.name, index.exported(child.id, source))
        }
        if !indexes.isEmpty { fields.add("indexes", .mapping(indexes)) }
        if isStored { source.addMarks(of: id, to: &fields) }
        source.addEntries(of: id, to: &fields)
        return .mapping(fields.entries)
    }

    /// What is said of columns beside their names.
    private func addColumns(
        _ id: ObjectID, _ source: ExportSource, to fields: inout ExportFields
    ) {
        var defaults: [(String, YAMLValue)] = []
        var settings: [(String, YAMLValue)] = []
        for column in columns {
            let path = id.path + [column.name]
            if case .plain(.derivedColumn(let own))? =
                source.catalog[ObjectID(.derivedColumn, path)]?.definition,
                let fallback = own.fallback
            {
                defaults.append((column.name, .plain(fallback.text)))
            }
            var kept = ExportFields()
            source.addSettings(of: ObjectID(.column, path), to: &kept)
            if !kept.entries.isEmpty { settings.append((column.name, .flowMapping(kept.entries))) }
        }
        if !defaults.isEmpty { fields.add("columnDefaults", .mapping(defaults)) }
        if !settings.isEmpty { fields.add("columnSettings", .mapping(settings)) }
    }

    private func exportOptions(to fields: inout ExportFields) {
        var rest = options
        for (option, key) in [
            ("security_barrier", "securityBarrier"), ("security_invoker", "securityInvoker"),
        ] {
            guard let value = rest[option], value == "true" || value == "false" else { continue }
            fields.add(key, .boolean(value == "true"))
            rest[option] = nil
        }
        if let check = rest["check_option"].flatMap(ViewSpec.CheckOption.init) {
            fields.add("checkOption", .text(check.rawValue))
            rest["check_option"] = nil
        }
        fields.add("options", texts: rest)
    }
}

extension String {
    /// Without white space around it.
    var trimmed: String {
        let kept = drop { $0.isWhitespace }
        guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(kept[...last])
    }
}
