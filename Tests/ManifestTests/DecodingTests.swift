// Time budget: 10 s

import Manifest
import SchemaCore
import Testing

@Suite struct DecodingTests {
    static let whole = """
        apiVersion: lockstep.dev/v1
        kind: Table
        schema: app
        name: users
        comment: 5
        columns:
          id: uuid
          email: { type: varchar(255), nullable: true, default: "'x'" }
          body:
            type: |
              text
        indexes:
          a: [email]
          b: { columns: [id, email], where: id > 0 }
        labels: [a, no, 3]
        renamedFrom: people
        fillfactor: 90
        onDelete: no action
        options: { autovacuum: off, ratio: 0.5 }
        """

    @Test func decodesEveryForm() throws {
        let result = lowered(Self.whole)
        #expect(result.diagnostics.isEmpty)
        #expect(result.unread.isEmpty)
        guard case .table(let table) = try #require(result.objects.first) else {
            Issue.record("no table")
            return
        }
        #expect(table.schema?.value == "app")
        #expect(table.comment == "5")
        #expect(table.columns.names == ["id", "email", "body"])
        #expect(table.columns["id"]?.type.text == "uuid")
        #expect(table.columns["body"]?.type.text == "text")
        #expect(table.columns["email"]?.nullable == true)
        #expect(table.columns["email"]?.fallback?.text == "'x'")
        #expect(table.indexes["a"]?.columns.map(\.value) == ["email"])
        #expect(table.indexes["b"]?.condition?.text == "id > 0")
        #expect(table.labels == ["a", "no", "3"])
        #expect(table.renamedFrom.map(\.value) == ["people"])
        #expect(table.fill == 90)
        #expect(table.onDelete == .noAction)
        #expect(table.options["ratio"]?.value == "0.5")
        #expect(table.columns["id"]?.type.span?.description == "input.yaml:7:7")
    }
}
