import Manifest
import Planning
import SchemaCore

/// What a partition says of its part of an index, key or foreign key.
struct PartSpec: Sendable {
    var name: String
    var options: [String: String]?
    var tablespace: String?
    var comment: Spanned<String>?

    /// Of an index or key: a name, or a long form.
    static let ofIndex = Decoding<PartSpec>.forms(
        scalar: Decoding<String>.plainName.map { PartSpec(name: $0) },
        mapping: .object("part") { fields in
            let name = fields.required("name", .plainName, "Its name.")
            let options = fields.optional(
                "options", .texts, "Storage parameters, if they are not those above.")
            let tablespace = fields.optional(
                "tablespace", .plainName,
                "The tablespace, if it is not that above; pg_default for the database's.")
            let comment = fields.comment()
            return {
                PartSpec(
                    name: $0[name], options: $0[options]?.texts, tablespace: $0[tablespace],
                    comment: $0[comment])
            }
        }
    ).named("IndexPart")

    /// Of a foreign key: a name, or a long form.
    static let ofForeignKey = Decoding<PartSpec>.forms(
        scalar: Decoding<String>.plainName.map { PartSpec(name: $0) },
        mapping: .object("part") { fields in
            let name = fields.required("name", .plainName, "Its name.")
            let comment = fields.comment()
            return { PartSpec(name: $0[name], comment: $0[comment]) }
        }
    ).named("ForeignKeyPart")

    func lower(
        _ kind: ObjectKind, _ above: Spanned<String>, of table: ObjectID,
        _ builder: inout ManifestBuilder
    ) {
        builder.add(
            ObjectID(kind, table.path + [above.value]),
            .plain(
                .part(
                    PartDefinition(
                        name: name, options: options, tablespace: tablespace,
                        comment: comment.flatMap { $0.value.isEmpty ? nil : $0.value }))),
            at: above.span, dependencies: [table])
    }
}

extension PartDefinition {
    /// As the partition's manifest has it; nil where the server would choose the same.
    func exported(_ id: ObjectID) -> YAMLValue? {
        if isUsual { return nil }
        var fields = ExportFields()
        fields.add("name", .text(name))
        if let options, options != above.options {
            fields.add(
                "options",
                .flowMapping(
                    options.sorted { $0.key < $1.key }.map {
                        ($0.key, .text($0.value))
                    }))
        }
        if let tablespace, tablespace != above.tablespace ?? Self.usualTablespace {
            fields.add("tablespace", .text(tablespace))
        }
        fields.add("comment", text: comment)
        return fields.entries.count == 1 ? .text(name) : .flowMapping(fields.entries)
    }
}

extension ExportSource {
    /// What a partition says of its parts, by the field.
    func parts(of table: ObjectID) -> [(String, YAMLValue)] {
        [("indexes", ObjectKind.part), ("foreignKeys", .foreignKeyPart)].compactMap { field, kind in
            let entries = (children[table] ?? []).compactMap { child -> (String, YAMLValue)? in
                guard child.id.kind == kind, case .plain(.part(let part)) = child.definition
                else { return nil }
                return part.exported(child.id).map { (child.id.name, $0) }
            }
            return entries.isEmpty ? nil : (field, .mapping(entries))
        }
    }
}
