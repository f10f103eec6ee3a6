import SchemaCore

extension Decoding {
    /// A list of values, all of whose errors are reported.
    ///
    /// - Parameter atLeast: how many items it must have.
    public static func list<Element: Sendable>(
        of element: Decoding<Element>, atLeast minimum: Int = 0
    ) -> Decoding where Value == [Element] {
        var keywords: [String: JSONValue] = ["type": "array", "items": element.schema.value]
        if minimum > 0 { keywords["minItems"] = .integer(minimum) }
        let schema = JSONSchema(keywords, including: [element.schema])
        return Decoding(schema: schema, layout: .list(of: element.layout)) { node, context in
            guard case .sequence(let items) = node.content else {
                context.wrongType(
                    node, expected: "a list",
                    help: node.text == nil || node.isNull
                        ? "write a list, for example [a, b]" : "write [\(node.text ?? "")]")
                return nil
            }
            guard items.count >= minimum else {
                context.report(
                    .error(
                        "too-few-items",
                        "the list has \(items.count) items and needs at least \(minimum)",
                        at: node.span, help: "add to the list, or remove the field"))
                return nil
            }
            var values: [Element] = []
            values.reserveCapacity(items.count)
            for item in items {
                if let value = element.decode(item, &context) { values.append(value) }
            }
            return values.count == items.count ? values : nil
        }
    }

    /// One value or a list of values: `renamedFrom: a` and `renamedFrom: [a, b]`.
    public static func oneOrMore<Element: Sendable>(
        of element: Decoding<Element>
    ) -> Decoding where Value == [Element] {
        let list = list(of: element, atLeast: 1)
        let one = element.map { [$0] }
        let schema = JSONSchema.any(of: [one.schema, list.schema])
        let layout = one.layout.joined(list.layout)
        return Decoding(schema: schema, layout: layout) { node, context in
            if case .sequence = node.content { return list.decode(node, &context) }
            return one.decode(node, &context)
        }
    }

    /// Names with values, in the order of the file. Use `orNull` on the element where a name may
    /// stand alone.
    public static func mapping<Element: Sendable>(
        of element: Decoding<Element>
    ) -> Decoding where Value == OrderedMapping<Element> {
        let schema = JSONSchema(
            ["type": "object", "additionalProperties": element.schema.value],
            including: [element.schema])
        return Decoding(schema: schema, layout: .mapping(of: element.layout)) { node, context in
            guard case .mapping(let entries) = node.content else {
                context.wrongType(
                    node, expected: "a mapping of names", help: "write name: value, a line each")
                return nil
            }
            var values: [OrderedMapping<Element>.Entry] = []
            values.reserveCapacity(entries.count)
            for entry in entries {
                let name = Decoding<String>.string.decode(entry.key.asText, &context)
                    .flatMap {
                        Decoding<String>.checkName($0, at: entry.key.span, &context)
                    }
                let value = element.decode(entry.value, &context)
                if let name, let value {
                    values.append(.init(name: Spanned(name, at: entry.key.span), value: value))
                }
            }
            return values.count == entries.count ? OrderedMapping(values) : nil
        }
    }
}

extension Decoding where Value == OrderedMapping<Spanned<String>> {
    /// Names with scalars of any type as text: storage parameters, options.
    public static var texts: Decoding { mapping(of: .text) }
}

extension YAMLNode {
    /// A key is a name even if it reads `null` or `true`.
    var asText: YAMLNode {
        YAMLNode(content, style: style, tag: .string, span: span)
    }
}
