// Owns the list of SQLite's manifest kinds, and the way from documents to objects.

public import Manifest
public import Planning
internal import SchemaCore

/// SQLite's manifests: their kinds, their schema, and what documents mean.
public enum SQLiteManifests {
    /// Turns manifests into objects and renames, overlays merged before; reports everything that
    /// can be known without a database.
    public static func lower(
        _ input: ManifestInput, limits: ManifestLimits = .init()
    ) -> Lowering<SQLiteObject> {
        var context = DecodingContext()
        let lowered = LoweredItems(
            registry.read(input.base, overlays: input.overlays, limits: limits, &context))
        let (objects, renames) = (Self.numbered(lowered.objects), lowered.renames)
        // What a broken manifest declares is not known; nothing is said of names that it may hold.
        let facts = ManifestFacts(objects, broken: lowered.broken)
        context.report(NameChecks.diagnostics(objects))
        context.report(ReferenceChecks.diagnostics(lowered.items, facts))
        let declared = Dictionary(objects.map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one })
        context.report(
            RenameChecks.diagnostics(renames) { id in
                declared[id].map { .init(at: $0.span) }
            })
        return Lowering(
            summary: LoweringSummary(
                source: input.digest,
                scope: Scope(
                    schemas: [],
                    reads: objects.compactMap {
                        SQLiteRead($0, renames)?.scoped($0.id)
                    }),
                hasManifests: lowered.hasManifests),
            objects: objects, renames: renames,
            diagnostics: context.diagnostics.sortedByPlace())
    }

    /// Gives statements their places, which are those of the manifests.
    private static func numbered(_ objects: [SQLiteObject]) -> [SQLiteObject] {
        var count = 0
        return objects.map { object in
            guard case .statement(var statement) = object.definition else { return object }
            statement.order = count
            count += 1
            return SQLiteObject(
                object.id, .statement(statement), dependencies: object.dependencies,
                position: object.position, span: object.span)
        }
    }

    /// Rewrites manifests in canonical form; the order of fields is that of the kinds.
    public static func formatter(limits: ManifestLimits = .init()) -> ManifestFormatter {
        registry.formatter(limits: limits)
    }

    /// The schema file for editors and validators.
    public static var schemaFile: (name: String, text: String) {
        let name = "sqlite.schema.json"
        return (
            name,
            registry.schema.file(
                id: "https://lockstep.dev/schemas/\(name)", title: "Lockstep manifest (SQLite)")
        )
    }

    /// The kinds.
    static let registry = KindRegistry<ManifestItem<SQLiteObject>>([
        kind(
            "Table", doc: "A table with its columns, constraints, indexes and triggers.",
            TableSpec.decoding
        ) { $0.lower(&$1, &$2) },
        kind(
            "Index", doc: "An index in a document of its own.", IndexDocumentSpec.decoding
        ) { spec, builder, _ in spec.lower(&builder) },
        kind("View", doc: "A view.", ViewSpec.decoding) { $0.lower(&$1, &$2) },
        kind(
            "Trigger", doc: "A trigger in a document of its own, on a table or a view.",
            TriggerDocumentSpec.decoding
        ) { $0.lower(&$1, &$2) },
        kind(
            "Data", doc: "Rows of a table; of other rows and columns nothing is said.",
            identity: "table", DataSpec.decoding()
        ) { $0.lower(&$1, &$2) },
        kind(
            "Statement",
            doc: """
                What has no kind of its own, for example a virtual table, by its SQL. Statements \
                are made in the order of the manifests, that of the paths of their files and of \
                the documents in one, behind tables, columns and indexes and before rows; they \
                are removed in the opposite order, before the tables that go.
                """,
            StatementSpec.decoding
        ) { spec, builder, _ in spec.lower(&builder) },
    ])

    /// A kind whose objects are told apart by a name, as SQLite tells names apart.
    private static func kind<Spec: Sendable>(
        _ name: String, doc: String, identity: String = "name", _ decoding: Decoding<Spec>,
        lower:
            @escaping @Sendable (Spec, inout ManifestBuilder, inout DecodingContext) -> Void
    ) -> ManifestKind<ManifestItem<SQLiteObject>> {
        ManifestKind(
            name, doc: doc, identityFields: [identity],
            identityText: { $1?.text?.asciiFolded ?? "" }, decoding: decoding
        ) { spec, _, context in
            var builder = ManifestBuilder()
            lower(spec, &builder, &context)
            return builder.items
        }
    }
}
