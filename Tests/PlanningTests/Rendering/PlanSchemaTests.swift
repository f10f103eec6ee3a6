import Manifest
import SchemaCore
import Testing

@testable import Planning

/// The schema of plan reports follows from their types.
@Suite struct PlanSchemaTests {
    @Test("describes every property, and none that is not there")
    func descriptions() throws {
        #expect(try PlanSchema.make().wrong == [])
    }

    @Test("requires what is always written, and nothing else")
    func requirements() throws {
        let schema = PlanSchema.schema
        var optional: [String] = []
        for (name, shape) in schema.definitions {
            guard case .array(let required) = shape.members["required"] else { continue }
            let all = shape.members["properties"]?.members ?? [:]
            optional += all.keys.filter { !required.contains(.string($0)) }.map { "\(name).\($0)" }
        }
        #expect(
            optional.sorted() == [
                "Action.ConcurrentBuild.digest", "Effects.Lock.reach", "Effects.Loss.relation",
                "Effects.WorkNote.needs", "Effects.WorkNote.wayOut", "Effects.exposures",
                "Finding.step", "Plan.undoes",
                "Scope.former", "Scope.reads", "ScopeRead.isOfServer", "Step.Touch.after",
                "Step.Touch.before",
            ])
    }

    @Test("accepts each case of an enum as it is written")
    func cases() throws {
        for value in Step.Transaction.schemaCases {
            let text = String(decoding: try CanonicalJSON.data(value), as: UTF8.self)
            let choices = PlanSchema.schema.definitions["Step.Transaction"]?.members["anyOf"]
            guard case .array(let all) = choices else {
                Issue.record("no choices")
                return
            }
            let names = all.compactMap { $0.members["properties"]?.members.keys.first }
            #expect(names.contains { text.hasPrefix("{\"\($0)\":") }, "\(text)")
        }
    }
}
