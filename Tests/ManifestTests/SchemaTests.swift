import Foundation
import Manifest
import SchemaCore
import Testing

@Suite struct SchemaTests {
    private var table: [String: JSONValue] {
        SampleObject.registry.schema.definitions["Table"]?.members ?? [:]
    }

    @Test func describesEveryFieldThatIsRead() throws {
        let properties = try #require(table["properties"]).members
        #expect(
            Set(properties.keys) == [
                "apiVersion", "kind", "schema", "name", "comment", "columns", "indexes",
                "labels", "renamedFrom", "fillfactor", "onDelete", "options",
            ])
        for (name, property) in properties where name != "apiVersion" {
            #expect(property.members["description"] != nil, "\(name) is not described")
        }
        #expect(table["required"] == ["apiVersion", "kind", "name", "columns"])
        #expect(table["additionalProperties"] == false)
    }

    /// What the schema offers the decoder knows, and the other way round.
    @Test func keysOfSchemaAndDecoderAreTheSame() throws {
        let properties = try #require(table["properties"]).members
        for name in properties.keys where name != "apiVersion" && name != "kind" {
            let result = lowered("apiVersion: lockstep.dev/v1\nkind: Table\n\(name): x\n")
            #expect(!result.diagnostics.contains { $0.code == "unknown-key" }, "\(name)")
        }
        let result = lowered("apiVersion: lockstep.dev/v1\nkind: Table\nother: x\n")
        #expect(result.diagnostics.contains { $0.code == "unknown-key" })
    }

    @Test func aDeclaredFieldThatIsNotReadIsNoted() {
        struct Half: Sendable { var name: String }
        let decoding = Decoding<Half>.object("half") { fields in
            let name = fields.required("name", .string, "Read.")
            _ = fields.optional("other", .string, "Forgotten.")
            return { Half(name: $0[name]) }
        }
        let document = YAMLParser().parse("name: x\nother: y\n", path: "f").documents[0]
        var context = DecodingContext()
        #expect(decoding.decode(document.root, &context)?.name == "x")
        #expect(context.unreadFields == ["half.other"])
    }

    @Test func optionalFieldsMayBeNull() throws {
        let properties = try #require(table["properties"]).members
        let null: JSONValue = ["type": "null"]
        #expect(properties["fillfactor"]?.members["type"] == ["integer", "null"])
        #expect(
            properties["onDelete"]?.members["anyOf"]
                == [["enum": ["cascade", "restrict", "no action"]], null])
        let column = SampleObject.registry.schema.definitions["Column"]?.members
        #expect(column?["anyOf"] != nil)
        let result = lowered(
            DecodingTests.whole.replacing("fillfactor: 90", with: "fillfactor: null"))
        #expect(result.diagnostics.isEmpty)
    }

    @Test func aSchemaFileIsCanonicalJSON() throws {
        let registry = SampleObject.registry
        let text = registry.schema.file(id: "https://example.org/s.json", title: "Sample")
        #expect(text == registry.schema.file(id: "https://example.org/s.json", title: "Sample"))
        let data = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        #expect(data?["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        let definitions = data?["$defs"] as? [String: Any]
        #expect(definitions?.keys.sorted() == ["Column", "Index", "Table", "View"])
        #expect(text.hasSuffix("}\n"))
    }
}
