import Manifest
import Planning
import SchemaCore

extension ConstraintDefinition {
    /// What stands behind the constraint's name, or behind `primaryKey`.
    func exported(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        let comment = source.comment(on: id)
        let ofIndex = source.comment(on: ObjectID(.keyIndex, id.path))
        switch rule {
        case .primaryKey(let key):
            let isUsual =
                id.name == DefaultName.of(id.path[1], nil, "pkey") && comment == nil
                && ofIndex == nil
            var fields = ExportFields()
            if !isUsual { fields.add("name", .text(id.name)) }
            return exported(key, fields, comment, ofIndex)
        case .unique(let key): return exported(key, ExportFields(), comment, ofIndex)
        case .check(let check): return exported(check, comment)
        case .foreignKey(let key): return exported(key, id, comment)
        case .exclusion(let exclusion): return exported(exclusion, comment, ofIndex)
        }
    }

    private func exported(
        _ key: Key, _ first: ExportFields, _ comment: String?, _ ofIndex: String?
    ) -> YAMLValue {
        var fields = first
        fields.add("columns", .names(key.columns))
        fields.add("include", names: key.include)
        fields.add("nullsNotDistinct", flag: key.nullsNotDistinct)
        fields.add("withoutOverlaps", flag: key.temporal != nil)
        fields.add("options", texts: key.options)
        if let place = key.tablespace { fields.add("tablespace", .text(place)) }
        addTiming(to: &fields)
        fields.add("comment", text: comment)
        fields.add("indexComment", text: ofIndex)
        return fields.entries.count == 1 ? .names(key.columns) : .flowMapping(fields.entries)
    }

    private func exported(_ check: Check, _ comment: String?) -> YAMLValue {
        let text = check.expression.withoutParentheses
        var fields = ExportFields()
        fields.add("expression", .plain(text))
        fields.add("noInherit", flag: check.noInherit)
        fields.add("notValid", flag: !check.isValidated)
        addEnforcement(to: &fields)
        fields.add("comment", text: comment)
        return fields.entries.count == 1 ? .plain(text) : .mapping(fields.entries)
    }

    private func exported(
        _ key: ForeignKey, _ id: ObjectID, _ comment: String?
    ) -> YAMLValue {
        var fields = ExportFields()
        fields.add("columns", .names(key.columns))
        var target = ExportFields()
        if let schema = key.table.schema, schema != id.path[0] {
            target.add("schema", .text(schema))
        }
        target.add("table", .text(key.table.name))
        target.add("columns", names: key.referencedColumns)
        fields.add("references", .flowMapping(target.entries))
        if key.match != .simple { fields.add("match", .text(key.match.rawValue)) }
        if key.onUpdate != .noAction { fields.add("onUpdate", .text(key.onUpdate.rawValue)) }
        if !key.onDeleteColumns.isEmpty {
            fields.add(
                "onDelete",
                .flowMapping([
                    ("action", .text(key.onDelete.rawValue)),
                    ("columns", .names(key.onDeleteColumns)),
                ]))
        } else if key.onDelete != .noAction {
            fields.add("onDelete", .text(key.onDelete.rawValue))
        }
        fields.add("notValid", flag: !key.isValidated)
        addEnforcement(to: &fields)
        fields.add("period", flag: key.temporal != nil)
        addTiming(to: &fields)
        fields.add("comment", text: comment)
        return .flowMapping(fields.entries)
    }

    private func exported(
        _ exclusion: Exclusion, _ comment: String?, _ ofIndex: String?
    ) -> YAMLValue {
        var fields = ExportFields()
        if exclusion.method != "gist" { fields.add("method", .text(exclusion.method)) }
        let elements = exclusion.elements.map { element -> YAMLValue in
            var fields = element.key.fields
            fields.add("with", .plain(element.operator.text))
            return .flowMapping(fields.entries)
        }
        fields.add("elements", .sequence(elements))
        fields.add("include", names: exclusion.include)
        fields.add("where", predicate: exclusion.predicate)
        fields.add("options", texts: exclusion.options)
        if let place = exclusion.tablespace { fields.add("tablespace", .text(place)) }
        addTiming(to: &fields)
        fields.add("comment", text: comment)
        fields.add("indexComment", text: ofIndex)
        return .mapping(fields.entries)
    }

    private func addEnforcement(to fields: inout ExportFields) {
        if enforcement != nil { fields.add("enforced", .boolean(false)) }
    }

    private func addTiming(to fields: inout ExportFields) {
        fields.add("deferrable", flag: isDeferrable && !isInitiallyDeferred)
        fields.add("initiallyDeferred", flag: isInitiallyDeferred)
    }
}

extension ExportFields {
    /// Adds a condition, if there is one.
    mutating func add(_ key: String, predicate: VerbatimSQL?) {
        if let predicate { add(key, .plain(predicate.withoutParentheses)) }
    }
}

extension VerbatimSQL {
    /// The text without the parentheses that the server puts around every expression.
    ///
    /// Only for how an imported manifest looks: the server reads both as the same. The text is
    /// left alone unless it is plain to see that the first and the last character belong together.
    var withoutParentheses: String {
        var inner = text[...]
        while let next = Self.unwrapped(inner) { inner = next }
        return String(inner)
    }

    private static func unwrapped(_ text: Substring) -> Substring? {
        guard text.first == "(", text.last == ")", text.utf8.count > 2 else { return nil }
        var depth = 0
        var quote: UInt8?
        for (place, byte) in text.utf8.enumerated() {
            if let open = quote {
                // A doubled quote closes and opens again; a backslash could hide one.
                if byte == 0x5c { return nil }
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""): quote = byte
            case UInt8(ascii: "$"), UInt8(ascii: "\\"): return nil
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 && place != text.utf8.count - 1 { return nil }
            default: break
            }
        }
        return depth == 0 && quote == nil ? text.dropFirst().dropLast() : nil
    }
}
