import Manifest
import Planning
import SchemaCore

extension FunctionDefinition {
    /// `kind: Function`.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue {
        var fields = ExportFields(
            kind: id.kind == .procedure ? "Procedure" : "Function", schema: id.path[0],
            name: id.path[1])
        fields.add("comment", text: source.comment(on: id))
        source.addAccess(of: id, to: &fields)
        exportArguments(to: &fields)
        if !isResultOfArguments { fields.add("returns", sql: returns) }
        var isParsed = false
        if case .sql = body { isParsed = true }
        if !isParsed || language != "sql" { fields.add("language", .text(language)) }
        if volatility != .volatile { fields.add("volatility", .text(volatility.rawValue)) }
        fields.add("window", flag: sort == .window)
        fields.add("strict", flag: isStrict)
        fields.add("leakproof", flag: isLeakproof)
        fields.add("securityDefiner", flag: isSecurityDefiner)
        if parallel != .unsafe { fields.add("parallel", .text(parallel.rawValue)) }
        if let cost { fields.add("cost", .plain(cost)) }
        if let rows { fields.add("rows", .plain(rows)) }
        fields.add("support", name: support)
        if !settings.isEmpty {
            let sorted = settings.sorted { $0.key < $1.key }
            fields.add("settings", .mapping(sorted.map { ($0.key, .text($0.value)) }))
        }
        if source.catalog[id]?.isBodyUnchecked == true { fields.add("checkBody", .boolean(false)) }
        switch body {
        case .source(let text): fields.add("body", .text(text))
        case .sql(let text): fields.add("sqlBody", .plain(text.text))
        case .symbol(let file, let symbol):
            fields.add("symbol", .flowMapping([("file", .text(file)), ("symbol", .text(symbol))]))
        }
        return .mapping(fields.entries)
    }

    /// Whether output arguments say what `returns` would say again.
    private var isResultOfArguments: Bool {
        let outputs = arguments.filter(\.mode.isOutput)
        guard let returns, !outputs.isEmpty, !outputs.contains(where: { $0.mode == .table })
        else { return false }
        return returns.text == (outputs.count == 1 ? outputs[0].type.text : "record")
    }

    /// By name where every argument has one of its own, else a list. What `returns` says of a
    /// table is not said again.
    private func exportArguments(to fields: inout ExportFields) {
        let written = arguments.filter { $0.mode != .table }
        guard !written.isEmpty else { return }
        let names = written.compactMap(\.name).filter { !$0.isEmpty }
        if names.count == written.count, Set(names).count == names.count {
            let entries = zip(names, written).map { ($0, $1.exported(named: false)) }
            fields.add(
                "arguments", entries.count > 2 ? .mapping(entries) : .flowMapping(entries))
        } else {
            fields.add("arguments", .flowSequence(written.map { $0.exported(named: true) }))
        }
    }
}

extension FunctionDefinition.Argument {
    fileprivate func exported(named: Bool) -> YAMLValue {
        var fields = ExportFields()
        if named, let name, !name.isEmpty { fields.add("name", .text(name)) }
        let isShort = fields.isEmpty && mode == .in && self.default == nil
        if isShort { return .plain(type.shortType) }
        fields.add("type", .plain(type.shortType))
        if mode != .in { fields.add("mode", .text(mode.rawValue)) }
        fields.add("default", sql: self.default)
        return .flowMapping(fields.entries)
    }
}
