import SchemaCore

extension Decoding {
    /// An object with declared fields.
    ///
    /// ```swift
    /// static let decoding = Decoding<SequenceSpec>.object("sequence") { fields in
    ///     let name = fields.required("name", .name, "The sequence's name.")
    ///     let start = fields.optional("start", .integer, default: 1, "The first value.")
    ///     return { SequenceSpec(name: $0[name], start: $0[start]) }
    /// }
    /// ```
    ///
    /// Unknown keys, missing and wrong values are all reported; the closure that `declare` returns
    /// runs only if every field has a value. It must read every field that was declared (what is
    /// forgotten is noted in `DecodingContext.unreadFields`), and returns nil after it reported
    /// an error itself.
    ///
    /// - Parameters:
    ///   - title: what messages call the object, with no article: `column`.
    ///   - doc: a sentence for the schema.
    public static func object(
        _ title: String, doc: String? = nil,
        _ declare: (ObjectFields) -> (@Sendable (ObjectValues) -> Value?)
    ) -> Decoding {
        let fields = ObjectFields()
        let build = declare(fields)
        let reader = ObjectReader(title: title, fields: fields.declared)
        return Decoding(schema: fields.schema(doc: doc), layout: fields.layout) { node, context in
            guard let values = reader.read(node, &context) else { return nil }
            let value = build(values)
            context.report(values.diagnostics)
            if value != nil { reader.noteUnread(values, &context) }
            if value == nil && !values.diagnostics.hasErrors {
                preconditionFailure("the decoder of \(title) gave nothing and no reason")
            }
            return value
        }
    }
}

/// Reads the fields of one sort of object.
private struct ObjectReader: Sendable {
    let title: String
    let fields: [ObjectFields.Declared]
    let indices: [String: Int]
    let all: UInt64

    init(title: String, fields: [ObjectFields.Declared]) {
        self.title = title
        self.fields = fields
        indices = Dictionary(
            fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        all = fields.count == 64 ? .max : (1 << UInt64(fields.count)) - 1
    }

    func read(_ node: YAMLNode, _ context: inout DecodingContext) -> ObjectValues? {
        guard case .mapping(let entries) = node.content else {
            let keys = fields.filter(\.isRequired).map { "\($0.name): …" }
            context.wrongType(
                node, expected: "a mapping that describes \(title.withArticle)",
                help: keys.isEmpty ? nil : "write {\(keys.joined(separator: ", "))}")
            return nil
        }
        var values = [AnyFieldValue?](repeating: nil, count: fields.count)
        var places = [Int](repeating: -1, count: fields.count)
        // A field that is meant by a misspelled key is not reported again as missing.
        var meant: Set<String> = []
        for (place, entry) in entries.enumerated() {
            guard let index = indices[entry.key.text ?? ""] else {
                if let name = reportUnknown(entry.key, beside: entries, &context) {
                    meant.insert(name)
                }
                continue
            }
            places[index] = place
            let field = fields[index]
            values[index] =
                field.acceptsNull && entry.value.isNull
                ? field.absent : field.run(entry.value, &context)
        }
        var isComplete = true
        for index in fields.indices {
            if places[index] < 0 {
                let field = fields[index]
                // What was meant and is not read makes it incomplete, else all that needs it would
                // be reported besides.
                let isMeant = meant.contains(field.name)
                values[index] = isMeant ? nil : field.absent
                if field.isRequired && !isMeant { reportMissing(field, in: node, &context) }
            }
            if values[index] == nil { isComplete = false }
        }
        return isComplete ? ObjectValues(node, values: values, places: places) : nil
    }

    /// Returns the field that was probably meant.
    private func reportUnknown(
        _ key: YAMLNode, beside entries: [YAMLEntry], _ context: inout DecodingContext
    ) -> String? {
        let text = key.text ?? ""
        let present = Set(entries.compactMap(\.key.text))
        let free = fields.map(\.name).filter { !present.contains($0) }
        let meant = DidYouMean.closest(to: text, in: free)
        let names = fields.map(\.name).joined(separator: ", ")
        context.report(
            .error(
                "unknown-key", "\(title.withArticle) has no key \"\(YAMLNode.shortened(text))\"",
                at: key.span,
                help: meant.map { "did you mean \"\($0)\"?" } ?? "the keys are: \(names)"))
        return meant
    }

    private func reportMissing(
        _ field: ObjectFields.Declared, in node: YAMLNode, _ context: inout DecodingContext
    ) {
        // The first line says enough of where; the whole object would mark a page.
        let start = node.span.start
        let end =
            node.span.end.line == start.line
            ? node.span.end : SourceSpan.Position(line: start.line, column: start.column + 1)
        context.report(
            .error(
                "missing-key", "the \(title) lacks \"\(field.name)\"",
                at: SourceSpan(file: node.span.file, start: start, end: end),
                help: "add \(field.name): …"))
    }

    func noteUnread(_ values: ObjectValues, _ context: inout DecodingContext) {
        guard values.readMask != all else { return }
        for (index, field) in fields.enumerated()
        where values.readMask & (1 << UInt64(index)) == 0 {
            context.noteUnread("\(title).\(field.name)")
        }
    }
}

extension String {
    /// `a table`, `an enum`.
    fileprivate var withArticle: String {
        let isVowel = first.map { "aeiouAEIOU".contains($0) } ?? false
        return "\(isVowel ? "an" : "a") \(self)"
    }
}
