import Manifest
import Planning
import PostgreSQLClient
import SchemaCore

/// A manifest of a kind that is made of clauses.
struct ClauseSpec: Sendable {
    var schema: Spanned<String>?
    var identity: [VerbatimSQL]
    var place: SourceSpan
    var definition: ClauseDefinition
    var comment: Spanned<String>?
    var access: AccessSpec?
    var renamedFrom: [Spanned<String>]

    static func decoding(_ sort: ClauseDefinition.Sort) -> Decoding<ClauseSpec> {
        .object(sort.doc) { fields in
            let schema = sort.isInSchema ? fields.schema() : nil
            let identity = sort.identity.map { fields.required($0.name, $0.decoding, $0.doc) }
            let renamedFrom = sort.canBeRenamed ? fields.renamedFrom() : nil
            let comment = sort == .userMapping || sort == .subscription ? nil : fields.comment()
            let access =
                sort.kind.hasOwner ? AccessFields(fields, AccessSort(sort.kind)) : nil
            let values = sort.fields.map { Self.value($0, fields) }
            let texts = sort.textsField.map {
                fields.optional($0.name, .texts, default: .init(), $0.doc)
            }
            let plain = Decoding<String>.plainName.map { VerbatimSQL($0) }
            let members = sort.membersField.map {
                fields.optional(
                    $0.name, .list(of: sort.hasPlainMembers ? plain : .sql), default: [], $0.doc)
            }
            return { read in
                let texts = texts.map { read[$0] } ?? .init()
                for entry in texts where sort.holdsSecret(entry.name.value) {
                    read.report(.secret(entry.name))
                }
                let given = values.compactMap { name, value in
                    value(read).flatMap { $0.text == "false" ? nil : (name, $0) }
                }
                Self.check(given.first { $0.0 == "connection" }?.1, read)
                return ClauseSpec(
                    schema: schema.flatMap { read[$0] }, identity: identity.map { read[$0] },
                    place: read.firstLine,
                    definition: ClauseDefinition(
                        sort: sort,
                        values: .init(given),
                        texts: texts.texts, members: members.map { read[$0] } ?? []),
                    comment: comment.flatMap { read[$0] }, access: access?.spec(read),
                    renamedFrom: renamedFrom.map { read[$0] } ?? [])
            }
        }
    }

    /// Reports a connection that libpq does not understand, or that holds a password.
    private static func check(_ connection: VerbatimSQL?, _ read: ObjectValues) {
        guard let connection else { return }
        do throws(PostgreSQLError) {
            guard try ConnectionSettings(connection.text).hasSecret else { return }
            read.report(.secret(Spanned("connection", at: read.firstLine)))
        } catch {
            read.report(
                .error("connection", error.message, at: read.firstLine, help: error.hint ?? ""))
        }
    }

    private static func value(
        _ field: ClauseField, _ fields: ObjectFields
    ) -> (String, @Sendable (ObjectValues) -> VerbatimSQL?) {
        if field.isRequired {
            let required = fields.required(field.name, field.decoding, field.doc)
            return (field.name, { $0[required] })
        }
        let optional = fields.optional(field.name, field.decoding, field.doc)
        return (field.name, { $0[optional] })
    }

    func lower(_ builder: inout ManifestBuilder) {
        let sort = definition.sort
        let names = identity.map(\.text)
        let id = ObjectID(sort.kind, sort.isInSchema ? [builder.schema] + names : names)
        builder.add(id, .plain(.clause(definition)), at: place)
        builder.comment(comment, on: id)
        if let access { builder.access(access, on: id) }
        if sort.isInSchema {
            builder.renames(renamedFrom, to: id)
        } else {
            builder.renames(renamedFrom, to: id) { [id.renamed($0)] }
        }
    }
}

extension ClauseDefinition.Sort {
    /// Whether a statement gives it another name.
    fileprivate var canBeRenamed: Bool {
        switch self {
        case .conversion, .textSearchConfiguration, .eventTrigger, .foreignDataWrapper,
            .foreignServer, .language:
            true
        case .cast, .operatorFamily, .operatorClass, .userMapping, .transform, .accessMethod,
            .subscription, .shellType:
            false
        }
    }

    /// Whether a text of this name may be a secret, which is neither read nor written.
    func holdsSecret(_ name: String) -> Bool {
        switch self {
        case .foreignDataWrapper, .foreignServer, .userMapping, .subscription:
            Secret.isNamed(name)
        case .cast, .conversion, .textSearchConfiguration, .operatorFamily, .operatorClass,
            .eventTrigger, .language, .transform, .accessMethod, .shellType:
            false
        }
    }
}

/// What is told from its name to be a secret.
enum Secret {
    /// Parts of such names.
    static let parts = ["passw", "secret", "token", "credential", "private", "apikey", "api_key"]

    /// Names that have such a part and only say whether there has to be a secret.
    static let flags = ["password_required"]

    static func isNamed(_ name: String) -> Bool {
        let name = name.lowercased()
        return !flags.contains(name) && parts.contains { name.contains($0) }
    }

    /// The same question in SQL.
    static func condition(_ name: String) -> String {
        "(lower(\(name)) NOT IN (" + flags.map { "'\($0)'" }.joined(separator: ", ") + ") AND ("
            + parts.map { "lower(\(name)) LIKE '%\($0.replacing("_", with: "\\_"))%'" }
            .joined(separator: " OR ") + "))"
    }
}

extension Diagnostic {
    /// Says that a secret has no place in a manifest.
    static func secret(_ name: Spanned<String>) -> Diagnostic {
        .error(
            "secret", "\"\(name.value)\" is a secret, which has no place in a manifest",
            at: name.span,
            help: "leave it out and set it in the database by hand; it is neither read nor changed")
    }
}
