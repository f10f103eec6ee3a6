// Owns how manifests of statements become objects: several texts are one script.

internal import Manifest
internal import Planning
internal import SchemaCore

extension StatementSpec {
    func lower(_ builder: inout ManifestBuilder) {
        builder.add(
            .statement(name.value),
            .statement(
                StatementDefinition(
                    name: name.value, create: Self.script(create) ?? VerbatimSQL(""),
                    drop: Self.script(drop), identity: identity)),
            at: name.span)
    }

    /// A list of texts as one: SQLite runs what stands in a text one after the other.
    private static func script(_ texts: [VerbatimSQL]) -> VerbatimSQL? {
        guard texts.count > 1 else { return texts.first }
        return VerbatimSQL(texts.map(\.text).joined(separator: ";\n"), at: texts[0].span)
    }
}
