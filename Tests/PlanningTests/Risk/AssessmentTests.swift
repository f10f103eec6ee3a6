import Planning
import SchemaCore
import Testing

@Suite("Assessment")
struct AssessmentTests {
    let orders = Sample.id("table", "app", "orders")
    let users = Sample.id("table", "app", "users")
    let view = Sample.id("view", "app", "v")

    func exclusive(_ relation: ObjectID) -> Effects.Lock {
        .init(relation: relation, mode: "ACCESS EXCLUSIVE", blocks: .reads)
    }

    @Test("work on a table that the plan makes weighs nothing, in the same step or a later one")
    func created() {
        let plan = Sample.plan([
            Sample.step("a", touches: [Sample.created(orders)]), Sample.step("b"),
        ])
        let effects = Effects(locks: [exclusive(users)], scans: [orders])
        let assessment = Sample.assessment(plan, ["a": effects, "b": effects])
        #expect(assessment.stepRisks == [.safe, .safe])
        #expect(assessment.findings.allSatisfy { $0.severity == .info })
    }

    @Test("a table that a step renames is not new: its size is what was measured, or unknown")
    func renamed() {
        let plan = Sample.plan([
            Sample.step(
                "a", data: .kept,
                touches: [
                    Sample.dropped(users), Sample.created(orders),
                ]), Sample.step("b"),
        ])
        let effects = Effects(locks: [exclusive(orders)], scans: [orders])
        #expect(Sample.assessment(plan, ["b": effects]).stepRisks == [.safe, .caution])
    }

    @Test("what is dropped and made again is not new to those who use it")
    func recreated() {
        let plan = Sample.plan([
            Sample.step("a", touches: [Sample.dropped(view)]),
            Sample.step("b", touches: [Sample.created(view)]),
        ])
        let effects = Effects(breaks: [.init(object: view, consequence: "its columns move")])
        #expect(Sample.assessment(plan, ["b": effects]).stepRisks == [.safe, .breaking])
    }

    @Test("a lock is judged by all that its transaction does while it is held")
    func transaction() {
        func risks(_ transaction: Step.Transaction) -> [Risk] {
            let plan = Sample.plan([
                Sample.step("a", transaction: transaction),
                Sample.step("b", transaction: transaction),
            ])
            return Sample.assessment(
                plan,
                [
                    "a": Effects(locks: [exclusive(users)]), "b": Effects(scans: [orders]),
                ]
            ).stepRisks
        }
        #expect(risks(.shared(1)) == [.caution, .safe])
        #expect(risks(.own) == [.safe, .safe])
    }

    @Test("the gravest finding of a step comes first, those about the target last, each once")
    func order() {
        let plan = Sample.plan([
            Sample.step("a", data: .destroyed, touches: [Sample.dropped(users)])
        ])
        let twice = Unmodelled(object: users, what: "row security")
        let assessment = Sample.assessment(
            plan, ["a": Effects(locks: [exclusive(users)])], unmodelled: [twice, twice])
        #expect(assessment.findings.map(\.rule) == ["DestroysData", "BlocksReads", "Unmodelled"])
        #expect(assessment.risk == .destructive)
    }
}
