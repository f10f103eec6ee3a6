import Manifest
import SchemaCore
import Testing

@Suite struct OverlayTests {
    private func read(
        base: String, overlays: String...
    ) -> (tables: [SampleTable], diagnostics: [Diagnostic]) {
        func tree(_ name: String, _ text: String) -> ManifestTree {
            let head = "apiVersion: lockstep.dev/v1\nkind: Table\n"
            let documents = text.split(separator: "\n---\n").map { head + $0 + "\n" }
            let bytes = Array(documents.joined(separator: "---\n").utf8)
            return ManifestTree(files: [ManifestFile(path: name, bytes: bytes)])
        }
        var context = DecodingContext()
        let trees = overlays.enumerated().map { tree("overlay\($0).yaml", $1) }
        let lowered = SampleObject.registry.read(
            tree("base.yaml", base), overlays: trees, &context)
        let tables = lowered.flatMap(\.objects).compactMap { object -> SampleTable? in
            if case .table(let table) = object { table } else { nil }
        }
        return (tables, context.diagnostics)
    }

    private let base = """
        schema: app
        name: users
        comment: base
        columns: { id: uuid, email: { type: text, nullable: true, default: "''" } }
        labels: [a, b]
        fillfactor: 90
        """

    @Test func mergesByKey() throws {
        let result = read(
            base: base,
            overlays: """
                schema: app
                name: users
                comment: null
                columns: { email: { type: varchar(5), default: null }, extra: int }
                labels: [c]
                """)
        #expect(result.diagnostics.isEmpty)
        let table = try #require(result.tables.first)
        #expect(result.tables.count == 1)
        #expect(table.comment == nil)
        #expect(table.columns.names == ["id", "email", "extra"])
        #expect(table.columns["email"]?.type.text == "varchar(5)")
        #expect(table.columns["email"]?.nullable == true)
        #expect(table.columns["email"]?.fallback == nil)
        #expect(table.labels == ["c"])
        #expect(table.fill == 90)
        // Each part still knows where it was written.
        #expect(table.columns["id"]?.type.span?.file == "base.yaml")
        #expect(table.columns["email"]?.type.span?.file == "overlay0.yaml")
    }

    @Test func laterOverlaysWin() throws {
        let result = read(
            base: base, overlays: "schema: app\nname: users\ncomment: one",
            "schema: app\nname: users\ncomment: two")
        #expect(result.tables.map(\.comment) == ["two"])
    }

    @Test func aNewDocumentIsAdded() {
        let result = read(
            base: base, overlays: "schema: other\nname: users\ncolumns: { id: int }")
        #expect(result.diagnostics.isEmpty)
        #expect(result.tables.map { $0.schema?.value } == ["app", "other"])
    }

    @Test func removingNothingIsAWarning() {
        let result = read(base: base, overlays: "schema: app\nname: users\nindexes: null")
        #expect(result.diagnostics.map(\.code) == ["overlay-removes-nothing"])
        #expect(result.diagnostics.first?.span?.description == "overlay0.yaml:5:1")
        #expect(!result.diagnostics.hasErrors)
    }

    @Test func removingWhatIsRequiredIsAnError() {
        let result = read(base: base, overlays: "schema: app\nname: users\ncolumns: null")
        #expect(result.diagnostics.map(\.code) == ["missing-key"])
    }

    @Test func twoOfOneObjectAreAnError() {
        let result = read(base: base + "\n---\n" + base, overlays: "name: x\n---\nname: x")
        let codes = result.diagnostics.filter { $0.code == "duplicate-object" }
        #expect(codes.map { $0.span?.description } == ["base.yaml:11:7", "overlay0.yaml:6:7"])
        #expect(codes.first?.notes.first?.span?.description == "base.yaml:2:7")
    }
}
