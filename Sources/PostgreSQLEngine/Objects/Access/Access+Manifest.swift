import Manifest
import Planning
import SchemaCore

/// `grants:` in a manifest: roles with what they may do.
struct GrantsSpec: Sendable {
    /// What one role may do.
    struct Entry: Sendable {
        var privileges: [String]
        var grantable: [String] = []
    }

    var entries: OrderedMapping<Entry>

    static func decoding(_ sort: AccessSort) -> Decoding<GrantsSpec> {
        Decoding<OrderedMapping<Entry>>.mapping(of: entry(sort)).check { entries, _, context in
            // "public" is no role's name, but "PUBLIC" may be one.
            for entry in entries
            where entry.name.value != GrantsDefinition.everybody
                && entry.name.value.lowercased() == GrantsDefinition.everybody
            {
                context.report(
                    .error(
                        "ambiguous-role",
                        "\"\(entry.name.value)\" is not how everybody is written",
                        at: entry.name.span,
                        help:
                            "write public for all roles; a role with such a name has no place here"
                    ))
                return nil
            }
            return GrantsSpec(entries: entries)
        }.named("Grants\(sort.rawValue.prefix(1).uppercased())\(sort.rawValue.dropFirst())")
    }

    private static func entry(_ sort: AccessSort) -> Decoding<Entry> {
        let words = words(sort)
        return .forms(
            scalar: words.map { Entry(privileges: $0) }, list: words.map { Entry(privileges: $0) },
            mapping: .object("grant") { fields in
                let privileges = fields.optional(
                    "privileges", words, default: [], "What it may do.")
                let grantable = fields.optional(
                    "withGrantOption", words, default: [], "What it may do and pass on to others.")
                return { Entry(privileges: $0[privileges], grantable: $0[grantable]) }
            })
    }

    /// One privilege or a list of them, which may be empty.
    static func words(_ sort: AccessSort) -> Decoding<[String]> {
        let word = word(sort)
        let list = Decoding<[String]>.list(of: word)
        return .forms(scalar: word.map { [$0] }, list: list)
    }

    private static func word(_ sort: AccessSort) -> Decoding<String> {
        let words = ["all"] + sort.privileges(major: PostgreSQLSession.newestMajor)
        let schema = JSONSchema(["enum": .array(words.map { .string($0) })])
        return Decoding(schema: schema) { node, context in
            if let text = node.text, words.contains(text) { return text }
            let shown = words.joined(separator: ", ")
            context.report(
                .error(
                    "unknown-word", "\(node.shown) is no right on such an object", at: node.span,
                    help: node.text.flatMap { DidYouMean.hint($0, in: words) }
                        ?? "write one of \(shown)"))
            return nil
        }
    }

    /// As an object has them, `all` unresolved. What a role's own name says of the owner is no
    /// grant.
    func grants(owner: String? = nil) -> [GrantsDefinition.Grant] {
        entries.map { entry in
            .init(
                role: entry.name.value == owner ? GrantsDefinition.owner : entry.name.value,
                privileges: entry.value.privileges, grantable: entry.value.grantable)
        }
    }
}

/// To whom an object belongs and who may do what with it, as a manifest states it.
struct AccessSpec: Sendable {
    var owner: Spanned<String>?
    var grants: Spanned<GrantsSpec>?
    var ownerGrants: Spanned<[String]>?

    /// Rights on columns are managed with those on their relation, which have to be stated, too.
    func checkColumn(_ span: SourceSpan, _ context: inout DecodingContext) {
        if grants != nil { return }
        context.report(
            .error(
                "incomplete", "rights on a column need grants of what it is a column of",
                at: span, help: "add grants there; grants: {} if no role may do more"))
    }
}

/// The fields for it.
struct AccessFields: Sendable {
    private let owner: Field<Spanned<String>?>
    private let grants: Field<Spanned<GrantsSpec>?>?
    private let ownerGrants: Field<Spanned<[String]>?>?

    /// - Parameter sort: what can be allowed; nil where nothing can.
    init(_ fields: ObjectFields, _ sort: AccessSort?) {
        owner = fields.optional(
            "owner", .name,
            "The role that it belongs to; if left out, Lockstep leaves the owner as it is.")
        grants = sort.map { sort in
            fields.optional(
                "grants", GrantsSpec.decoding(sort).spanned,
                """
                Who may do what with it, by role; public is everybody. Then nobody else may; if \
                left out, Lockstep leaves all rights as they are.
                """)
        }
        ownerGrants = sort.map { sort in
            fields.optional(
                "ownerGrants", GrantsSpec.words(sort).spanned,
                "What its owner may do, where that is not everything; only beside grants.")
        }
    }

    func spec(_ values: ObjectValues) -> AccessSpec {
        let spec = AccessSpec(
            owner: values[owner], grants: grants.flatMap { values[$0] },
            ownerGrants: ownerGrants.flatMap { values[$0] })
        if let alone = spec.ownerGrants, spec.grants == nil {
            values.report(
                .error(
                    "incomplete", "ownerGrants needs grants beside it", at: alone.span,
                    help: "add grants: {} if no other role may do anything"))
        }
        return spec
    }
}

extension ManifestPieces where Object == PostgreSQLObject {
    /// Adds the owner of an object and the rights on it, as far as they are stated.
    mutating func access(_ spec: AccessSpec, on id: ObjectID) {
        if let owner = spec.owner {
            add(
                id.owner, .plain(.owner(OwnerDefinition(role: owner.value))), at: owner.span,
                dependencies: [id])
        }
        guard let grants = spec.grants else { return }
        var all = grants.value.grants()
        if let own = spec.ownerGrants {
            all.append(.init(role: GrantsDefinition.owner, privileges: own.value))
        }
        add(
            id.grants, .plain(.grants(GrantsDefinition(grants: all))), at: grants.span,
            dependencies: [id])
    }

    /// Adds the rights on a column, which are stated with those on its relation.
    mutating func access(
        _ grants: Spanned<GrantsSpec>?, onColumn id: ObjectID, of relation: ObjectID
    ) {
        guard let grants else { return }
        add(
            id.grants, .plain(.grants(GrantsDefinition(grants: grants.value.grants()))),
            at: grants.span, dependencies: [relation])
    }
}

extension ExportSource {
    /// Adds the owner of an object and the rights on it, where they are not what they would be.
    func addAccess(of id: ObjectID, to fields: inout ExportFields, columns: [ObjectID] = []) {
        if case .plain(.owner(let owner))? = catalog[id.owner]?.definition,
            owner.standing == .other
        {
            fields.add("owner", .text(owner.role))
        }
        guard AccessSort(id.kind) != nil, hasGrants(id, columns: columns) else { return }
        let grants = rights(on: id)
        let own = grants.first { $0.role == GrantsDefinition.owner }
        fields.add(
            "grants",
            .grants(grants.filter { $0.role != GrantsDefinition.owner }))
        if let own { fields.add("ownerGrants", .privileges(own.privileges)) }
    }

    /// The rights on a column of a relation.
    func columnGrants(_ column: ObjectID) -> YAMLValue? {
        let grants = rights(on: column)
        return grants.isEmpty ? nil : .grants(grants)
    }

    /// Whether there is anything to say of an object before what it is.
    func hasAccess(_ id: ObjectID) -> Bool {
        var fields = ExportFields()
        addAccess(of: id, to: &fields)
        return !fields.isEmpty
    }

    private func hasGrants(_ id: ObjectID, columns: [ObjectID]) -> Bool {
        !rights(on: id).isEmpty || columns.contains { !rights(on: $0).isEmpty }
    }

    private func rights(on id: ObjectID) -> [GrantsDefinition.Grant] {
        guard case .plain(.grants(let grants))? = catalog[id.grants]?.definition else { return [] }
        return grants.grants
    }
}

extension YAMLValue {
    /// Roles with what they may do.
    ///
    /// - Parameter ownerAs: how the owner is written.
    static func grants(
        _ grants: [GrantsDefinition.Grant], ownerAs: String = GrantsDefinition.owner
    ) -> YAMLValue {
        let entries = grants.map { grant -> (String, YAMLValue) in
            let role = grant.role == GrantsDefinition.owner ? ownerAs : grant.role
            if grant.grantable.isEmpty { return (role, .privileges(grant.privileges)) }
            var fields = ExportFields()
            let plain =
                grant.grantable == ["all"]
                ? [] : grant.privileges.filter { !grant.grantable.contains($0) }
            if !plain.isEmpty { fields.add("privileges", .privileges(plain)) }
            fields.add("withGrantOption", .privileges(grant.grantable))
            return (role, .flowMapping(fields.entries))
        }
        return entries.isEmpty ? .flowMapping([]) : .mapping(entries)
    }

    /// One word or a list.
    fileprivate static func privileges(_ words: [String]) -> YAMLValue {
        words.count == 1 ? .text(words[0]) : .names(words)
    }
}
