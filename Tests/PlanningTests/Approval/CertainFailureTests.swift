import Planning
import SchemaCore
import Testing

@Suite("Certain failures")
struct CertainFailureTests {
    let users = Sample.id("table", "app", "users")
    let email = Sample.id("column", "app", "users", "email")
    let function = Sample.id("function", "app", "f", "()")

    private func probe(_ meaning: Probe.Meaning = .fails) -> Probe {
        Probe(
            name: "nulls", counts: "rows without one", object: users,
            query: Statement("select 1"), meaning: meaning, reads: [email, function])
    }

    /// What is allowed when everything is acknowledged and `first` stands before the step.
    private func authorize(
        _ answer: Observations.Answer?, _ meaning: Probe.Meaning = .fails,
        behind first: Step? = nil, _ effects: Effects = Effects()
    ) -> Authorization {
        let step = Sample.step("second", probes: [probe(meaning)])
        let plan = Sample.plan([first ?? Sample.step("first"), step])
        let answers = answer.map {
            [Observations.ProbeAnswer(step: "second", probe: "nulls", answer: $0)]
        }
        let assessment = Sample.assessment(
            plan, ["first": effects], Observations(answers: answers ?? []))
        return AutoApproval.authorize(
            plan: plan, assessment: assessment, autoApprove: .destructive, acknowledged: [])
    }

    private let failing = Authorization.failing([
        .init(
            step: "second", reason: "rows without one: 3",
            remedy: """
                Correct the rows before you apply, then plan again. They are found by the query \
                of the probe nulls, which the plan's JSON holds.
                """)
    ])

    @Test("no consent lets a plan run that is known to fail")
    func counted() {
        #expect(authorize(.count(3)) == failing)
        #expect(authorize(.count(0)) == .granted)
        #expect(authorize(.unknown(reason: "no time")) == .granted)
        #expect(authorize(nil) == .granted)
        #expect(authorize(.count(3), .loses) == .granted)
    }

    @Test("what an earlier step changes is judged at its turn")
    func changedBefore() {
        for touch in [
            Sample.dropped(email), Sample.created(email), Sample.dropped(users),
            Sample.altered(function), Sample.dropped(function),
        ] {
            let first = Sample.step("first", touches: [touch])
            #expect(authorize(.count(3), behind: first) == .granted, "\(touch)")
        }
        #expect(authorize(.count(3), behind: nil, Effects(rewrites: [users])) == .granted)
    }

    @Test("what leaves the rows as they are does not put it off")
    func keptBefore() {
        for touch in [
            Sample.altered(email), Sample.altered(users), Sample.created(function),
            Sample.dropped(Sample.id("constraint", "app", "users", "c")),
            Sample.dropped(Sample.id("column", "app", "users", "other")),
            Sample.altered(Sample.id("view", "app", "v")),
        ] {
            let first = Sample.step("first", touches: [touch])
            #expect(authorize(.count(3), behind: first) == failing, "\(touch)")
        }
        let orders = Sample.id("table", "app", "orders")
        #expect(authorize(.count(3), behind: nil, Effects(rewrites: [orders])) == failing)
    }

    @Test("no consent lets a plan run that the role may not")
    func denied() {
        let plan = Sample.plan([Sample.step("first"), Sample.step("second")])
        let assessment = Sample.assessment(
            plan, [:],
            Observations(denials: [
                .init(step: "second", object: users, needs: "to own it (its owner is alice)")
            ]))
        let allowed = AutoApproval.authorize(
            plan: plan, assessment: assessment, autoApprove: .destructive, acknowledged: [])
        #expect(
            allowed
                == .failing([
                    .init(
                        step: "second",
                        reason: "table app.users: it needs to own it (its owner is alice)",
                        remedy: """
                            Apply with a role that may, or make this one a member of the role \
                            that does.
                            """)
                ]))
    }

    @Test("the refusal names the step, the count and the remedy")
    func explanation() {
        guard case .failing(let failures) = authorize(.count(3)) else {
            Issue.record("not refused")
            return
        }
        #expect(
            failures.map(\.explanation) == [
                """
                second would fail: rows without one: 3
                  help: Correct the rows before you apply, then plan again. They are found by the \
                query of the probe nulls, which the plan's JSON holds.
                """
            ])
    }
}
