// Owns the list of PostgreSQL's manifest kinds, and the way from documents to objects.

public import Manifest
public import Planning
import SchemaCore

/// PostgreSQL's manifests: their kinds, their schema, and what documents mean.
public enum PostgreSQLManifests {
    /// Turns manifests into objects and renames, overlays merged before; reports everything that
    /// can be known without a server.
    ///
    /// Schemas that objects name are among the objects even where no manifest declares them: those
    /// have no span.
    public static func lower(
        _ input: ManifestInput, limits: ManifestLimits = .init()
    ) -> Lowering<PostgreSQLObject> {
        var context = DecodingContext()
        let lowered = registry(defaultSchema: input.defaultSchema)
            .read(input.base, overlays: input.overlays, limits: limits, &context)
        return result(LoweredItems(lowered), input, &context)
    }

    /// Rewrites manifests in canonical form; the order of fields is that of the kinds.
    public static func formatter(limits: ManifestLimits = .init()) -> ManifestFormatter {
        registry(defaultSchema: nil).formatter(limits: limits)
    }

    private static func result(
        _ lowered: LoweredItems<PostgreSQLObject>, _ input: ManifestInput,
        _ context: inout DecodingContext
    ) -> Lowering<PostgreSQLObject> {
        let objects = StatementDefinition.numbered(lowered.objects)
        // What a broken manifest declares is not known; nothing is said of names that it may hold.
        let facts = ManifestFacts(
            objects, broken: lowered.broken, defaultSchema: input.defaultSchema)
        context.report(NameChecks.diagnostics(objects))
        context.report(ReferenceChecks.diagnostics(lowered.items, facts))
        let implied = implicitSchemas(objects)
        let all = implied + objects
        let declared = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        let renames = FormerSchemas(lowered.renames).widened(lowered.renames)
        context.report(
            RenameChecks.diagnostics(renames) { id in
                // Another column of the table may take the name at once.
                id.kind == .column ? nil : Self.declared(id, in: declared)
            })
        return Lowering(
            summary: LoweringSummary(
                source: input.digest,
                scope: Scope(
                    schemas: all.filter { $0.id.kind == .schema }.map(\.id.name),
                    former: renames.flatMap(\.candidates).compactMap(\.formerSchema),
                    reads: objects.compactMap { PostgreSQLRead($0, renames)?.scoped($0.id) }),
                hasManifests: lowered.hasManifests, implied: Set(implied.map(\.id))),
            objects: all, renames: renames,
            diagnostics: context.diagnostics.sortedByPlace())
    }

    /// Where an object, the label of an enum or an attribute is declared.
    private static func declared(
        _ id: ObjectID, in objects: [ObjectID: PostgreSQLObject]
    ) -> RenameChecks.Declared? {
        let holder = id.typeOfPart
        guard let object = objects[holder ?? id],
            holder == nil || object.partsByName.contains(id)
        else { return nil }
        return .init(at: object.span)
    }

    /// The schema file for editors and validators.
    public static var schemaFile: (name: String, text: String) {
        let name = "postgresql.schema.json"
        return (
            name,
            registry(defaultSchema: nil).schema.file(
                id: "https://lockstep.dev/schemas/\(name)", title: "Lockstep manifest (PostgreSQL)")
        )
    }

    /// Schemas that objects name and no manifest declares.
    private static func implicitSchemas(_ objects: [PostgreSQLObject]) -> [PostgreSQLObject] {
        var declared: Set<String> = []
        var named: Set<String> = []
        for object in objects {
            switch object.definition {
            case .schema: declared.insert(object.id.name)
            case .extension(let definition): named.insert(definition.schema)
            case .table, .enum, .sequence, .view, .function, .index:
                named.insert(object.id.path[0])
            case .plain(.defaultPrivileges):
                if let schema = DefaultPrivilegesDefinition.schema(of: object.id) {
                    named.insert(schema)
                }
            case .plain:
                if object.id.words?.isInSchema == true { named.insert(object.id.path[0]) }
            case .column, .columnDefault, .constraint, .comment: break
            }
        }
        return named.subtracting(declared).sorted().map {
            PostgreSQLObject(.schema($0), .schema(SchemaDefinition()))
        }
    }

    private typealias Kind = ManifestKind<ManifestItem<PostgreSQLObject>>

    /// The kinds, for documents with this default schema.
    static func registry(defaultSchema: String?) -> KindRegistry<ManifestItem<PostgreSQLObject>> {
        let scope = KindScope(defaultSchema: defaultSchema)
        let routines = [
            routine("Function", "A function; overloads are documents of their own.", scope),
            routine("Procedure", "A procedure; overloads are documents of their own.", scope),
        ]
        let others = ParameterizedDefinition.Sort.allCases.map { parameterized($0, scope) }
        let clauses = ClauseDefinition.Sort.allCases.map { clause($0, scope) }
        var kinds = containers(scope)
        for more in [
            relations(scope), types(scope), routines, others, clauses, aside(scope), [role],
        ] {
            kinds += more
        }
        return KindRegistry(kinds)
    }

    /// What holds others.
    private static func containers(_ scope: KindScope) -> [Kind] {
        [
            ManifestKind(
                "Schema", doc: "A schema. Those that objects name need no manifest.",
                identityFields: ["name"], decoding: SchemaSpec.decoding
            ) { spec, _, _ in
                var builder = ManifestBuilder(schema: spec.name.value)
                spec.lower(&builder)
                return builder.items
            },
            ManifestKind(
                "Extension", doc: "An extension that is installed.", identityFields: ["name"],
                decoding: ExtensionSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { builder, _ in
                    spec.lower(&builder)
                }
            },
            ManifestKind(
                "DefaultPrivileges",
                doc: "What roles may do with what a role makes from now on.",
                identityFields: ["role", "schema"], decoding: DefaultPrivilegesSpec.decoding
            ) { spec, _, _ in
                var builder = ManifestBuilder()
                spec.lower(&builder)
                return builder.items
            },
        ]
    }

    /// Tables and what is like them.
    private static func relations(_ scope: KindScope) -> [Kind] {
        [
            ManifestKind(
                "Table", doc: "A table with its columns, constraints and indexes.",
                identityText: scope.identityText, decoding: TableSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "Index", doc: "An index in a document of its own.",
                identityText: scope.identityText, decoding: IndexDocumentSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "Sequence", doc: "A sequence that is no identity column's.",
                identityText: scope.identityText, decoding: SequenceSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { builder, _ in
                    spec.lower(&builder)
                }
            },
            ManifestKind(
                "View", doc: "A view.", identityText: scope.identityText,
                decoding: ViewSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "MaterializedView", doc: "A view that keeps its rows, with its indexes.",
                identityText: scope.identityText, decoding: MaterializedViewSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "ForeignTable", doc: "A foreign table with its columns.",
                identityText: scope.identityText, decoding: ForeignTableSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "Publication", doc: "A publication.", identityFields: ["name"],
                decoding: PublicationSpec.decoding
            ) { spec, _, _ in
                var builder = ManifestBuilder()
                spec.lower(&builder)
                return builder.items
            },
        ]
    }

    /// Types that people make.
    private static func types(_ scope: KindScope) -> [Kind] {
        [
            ManifestKind(
                "Enum", doc: "An enum type.", identityText: scope.identityText,
                decoding: EnumSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "CompositeType", doc: "A composite type.", identityText: scope.identityText,
                decoding: CompositeTypeSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { builder, _ in
                    spec.lower(&builder)
                }
            },
            ManifestKind(
                "Domain", doc: "A domain with its checks.", identityText: scope.identityText,
                decoding: DomainSpec.decoding
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { builder, _ in
                    spec.lower(&builder)
                }
            },
        ]
    }

    /// What belongs to the whole server.
    private static let role = Kind(
        "Role",
        doc: """
            A role, without its password. Roles belong to the whole server: a project has to ask \
            for them (`roles` in `lockstep.yaml`, `--roles` in an ad hoc run).
            """,
        identityFields: ["name"], decoding: RoleSpec.decoding
    ) { spec, _, context in
        var builder = ManifestBuilder()
        spec.lower(&builder, &context)
        return builder.items
    }

    /// What the catalog does not tell of.
    private static func aside(_ scope: KindScope) -> [Kind] {
        [
            ManifestKind(
                "Data", doc: "Rows of a table; of other rows and columns nothing is said.",
                identityFields: ["schema", "table"], identityText: scope.identityText,
                decoding: DataSpec.decoding { $0.schema() }
            ) { spec, document, context in
                scope.items(spec.schema, document, &context) { spec.lower(&$0, &$1) }
            },
            ManifestKind(
                "Statement",
                doc: """
                    What has no kind of its own, by its SQL, in which names have their schemas. \
                    Statements are made in the order of the manifests, that of the paths of their \
                    files and of the documents in one, behind all that has a kind and before rows; \
                    they are removed in the opposite order, before all else.
                    """,
                identityFields: ["name"], decoding: StatementSpec.decoding
            ) { spec, _, _ in
                var builder = ManifestBuilder()
                spec.lower(&builder)
                return builder.items
            },
        ]
    }

    private static func parameterized(
        _ sort: ParameterizedDefinition.Sort, _ scope: KindScope
    ) -> Kind {
        ManifestKind(
            sort.manifestKind, doc: sort.doc,
            identityFields: ["arguments", "parameters", "schema", "name"],
            identityText: scope.parameterizedText, decoding: ParameterizedSpec.decoding(sort)
        ) { spec, document, context in
            scope.items(spec.schema, document, &context) { builder, _ in spec.lower(&builder) }
        }
    }

    private static func clause(_ sort: ClauseDefinition.Sort, _ scope: KindScope) -> Kind {
        ManifestKind(
            sort.manifestKind, doc: sort.doc,
            identityFields: (sort.isInSchema ? ["schema"] : []) + sort.identity.map(\.name),
            identityText: scope.identityText, decoding: ClauseSpec.decoding(sort)
        ) { spec, document, context in
            if sort.isInSchema {
                return scope.items(spec.schema, document, &context) { builder, _ in
                    spec.lower(&builder)
                }
            }
            var builder = ManifestBuilder()
            spec.lower(&builder)
            return builder.items
        }
    }

    private static func routine(
        _ kind: String, _ doc: String, _ scope: KindScope
    ) -> Kind {
        ManifestKind(
            kind, doc: doc, identityFields: ["arguments", "schema", "name"],
            identityText: scope.identityText, decoding: FunctionSpec.decoding
        ) { spec, document, context in
            scope.items(spec.schema, document, &context) {
                spec.lower(&$0, &$1, isProcedure: kind == "Procedure")
            }
        }
    }
}

extension ObjectID {
    /// The schema in which a former address stands; nil for what stands in none.
    fileprivate var formerSchema: String? {
        kind == .schema || words?.isInSchema != false ? path[0] : nil
    }
}

/// Where objects stand whose manifests name no schema.
private struct KindScope: Sendable {
    let defaultSchema: String?

    /// What is not said is the default, and arguments are told by what a caller gives.
    func identityText(_ field: String, _ value: YAMLNode?) -> String {
        switch field {
        case "schema": value?.text ?? defaultSchema ?? ""
        case "arguments": value.map(FunctionArguments.identityText) ?? ""
        default: value?.text ?? ""
        }
    }

    /// Aggregates are told by their arguments, operators by their operands.
    func parameterizedText(_ field: String, _ value: YAMLNode?) -> String {
        switch field {
        case "parameters":
            ["leftarg", "rightarg"].map { value?[$0]?.text ?? "" }.joined(separator: ",")
        case "arguments": value?.text ?? ""
        default: identityText(field, value)
        }
    }

    /// What `lower` collects, or nothing where there is no schema.
    func items(
        _ schema: Spanned<String>?, _ document: ManifestDocument,
        _ context: inout DecodingContext,
        lower: (inout ManifestBuilder, inout DecodingContext) -> Void
    ) -> [ManifestItem<PostgreSQLObject>] {
        guard let schema = schema?.value ?? defaultSchema else {
            context.report(
                .error(
                    "incomplete", "the manifest lacks \"schema\"", at: document.kind.span,
                    help: "add schema: …, for example schema: public"))
            return []
        }
        var builder = ManifestBuilder(schema: schema)
        lower(&builder, &context)
        return builder.items
    }
}
