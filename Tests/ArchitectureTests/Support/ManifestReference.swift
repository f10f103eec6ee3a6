// Owns the reference of manifests: the schemas of `schemas/` as a page for people.

import Foundation

/// Writes `docs/manifests.md`.
struct ManifestReference {
    private typealias Shape = [String: Any]
    private let shapes: [String: Shape]
    private let kinds: [String]
    /// What stands behind each heading, so that no two of a page are the same.
    private let suffix: String

    /// Reads a schema file.
    init(schema path: String, suffix: String = "") throws {
        self.suffix = suffix
        let data = Data(Repository.text(path).utf8)
        let file = try JSONSerialization.jsonObject(with: data) as? Shape ?? [:]
        shapes = file["$defs"] as? [String: Shape] ?? [:]
        let properties = file["properties"] as? [String: Shape] ?? [:]
        kinds = properties["kind"]?["enum"] as? [String] ?? []
    }

    /// The kinds, each with its fields and an example.
    func sections(example: (String) -> String) -> String {
        kinds.map { kind in
            let shape = shapes[kind] ?? [:]
            return """
                ## \(kind)\(suffix)

                \(shape["description"] as? String ?? "")

                \(fields(of: shape))

                ```yaml
                \(example(kind))```

                """
        }.joined(separator: "\n")
    }

    /// What the kinds' fields are made of.
    func parts() -> String {
        shapes.keys.filter { !kinds.contains($0) }.sorted().map { name in
            let shape = shapes[name] ?? [:]
            let choices = (shape["anyOf"] as? [Shape] ?? [shape])
            let short = choices.filter { $0["properties"] == nil }.map(type)
            let long = choices.first { $0["properties"] != nil }
            var lines = ["### \(name)\(suffix)", ""]
            if !short.isEmpty {
                lines += ["In short \(short.joined(separator: " or ")), in full:", ""]
            }
            if let long { lines += [fields(of: long), ""] }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    private func fields(of shape: Shape) -> String {
        let properties = shape["properties"] as? [String: Shape] ?? [:]
        let required = shape["required"] as? [String] ?? []
        let names =
            required
            + properties.keys.filter { !required.contains($0) }.sorted()
        let rows = names.filter { $0 != "apiVersion" && $0 != "kind" }.map { name in
            row(name, properties[name] ?? [:], isRequired: required.contains(name))
        }
        return (["| Field | Value | Meaning |", "|---|---|---|"] + rows).joined(separator: "\n")
    }

    private func row(_ name: String, _ shape: Shape, isRequired: Bool) -> String {
        var meaning = shape["description"] as? String ?? ""
        switch shape["default"] {
        case let flag as Bool: meaning += " Default: `\(flag)`."
        case let word?: meaning += " Default: `\(word)`."
        case nil: break
        }
        let cells = ["`\(name)`" + (isRequired ? " (required)" : ""), type(shape), meaning]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// What may stand there, in words.
    private func type(_ shape: Shape) -> String {
        if let name = shape["$ref"] as? String {
            let part = name.split(separator: "/").last.map(String.init) ?? ""
            let anchor = (part + suffix).lowercased().replacing(" ", with: "-")
            return "[\(part)](#\(anchor))"
        }
        if let words = shape["enum"] as? [String] {
            return words.map { "`\($0)`" }.joined(separator: ", ")
        }
        if let choices = shape["anyOf"] as? [Shape] {
            return choices.filter { $0["type"] as? String != "null" }.map(type)
                .joined(separator: " or ")
        }
        if let item = shape["items"] as? Shape { return "list of: \(type(item))" }
        if let value = shape["additionalProperties"] as? Shape {
            return "by name: \(type(value))"
        }
        if let properties = shape["properties"] as? [String: Shape] {
            return "{ "
                + properties.keys.sorted().map { "`\($0)`: \(type(properties[$0] ?? [:]))" }
                .joined(separator: "; ") + " }"
        }
        let types = Set(shape["type"] as? [String] ?? [shape["type"] as? String ?? ""])
        if types.contains("string") && types.contains("number") && types.count < 4
            && shape["pattern"] != nil
        {
            return "number"
        }
        if types.contains("string") { return "text" }
        return types.contains("integer") ? "number" : "`true`, `false`"
    }
}
