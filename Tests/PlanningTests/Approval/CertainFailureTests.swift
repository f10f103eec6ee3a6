import Planning
import SchemaCore
import Testing

@Suite("Certain failures")
struct CertainFailureTests {
    let users = Sample.id("table", "app", "users")
    let email = Sample.id("column", "app", "users", "email")
    let function = Sample.id("function", "app", "f", "()")

    private func probe(
        _ meaning: Probe.Meaning = .fails, _ basis: Probe.Basis = .values, reads: [ObjectID]? = nil
    ) -> Probe {
        Probe(
            name: "nulls", counts: "rows without one", object: users,
            query: Statement("select 1"), meaning: meaning, reads: reads ?? [email, function],
            basis: basis)
    }

    /// What is allowed when everything is acknowledged and `first` stands before the step.
    private func authorize(
        _ answer: Observations.Answer?, _ probe: Probe? = nil, behind first: Step? = nil,
        _ effects: Effects = Effects()
    ) -> Authorization {
        let step = Sample.step("second", probes: [probe ?? self.probe()])
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
        #expect(authorize(.count(3), probe(.loses)) == .granted)
        guard case .failing(let failures) = authorize(.atLeastOne(reason: "it is no number")) else {
            Issue.record("a question that fails on a row is as good as a count")
            return
        }
        #expect(failures.map(\.reason) == ["rows without one: at least 1: it is no number"])
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
        for object in [email, users] {
            #expect(
                authorize(.count(3), nil, behind: nil, Effects(revalues: [object])) == .granted,
                "\(object)")
        }
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
        let other = Sample.id("column", "app", "users", "other")
        for effects in [
            Effects(rewrites: [users]), Effects(revalues: [orders]), Effects(revalues: [other]),
        ] {
            #expect(authorize(.count(3), nil, behind: nil, effects) == failing)
        }
    }

    @Test("what reads a table without a word on columns may read each of them")
    func wholeTable() {
        let other = Sample.id("column", "app", "users", "other")
        let whole = probe(reads: [users, function])
        #expect(authorize(.count(3), whole, behind: nil, Effects(revalues: [other])) == .granted)
        let foreign = Sample.id("column", "app", "orders", "other")
        #expect(authorize(.count(3), whole, behind: nil, Effects(revalues: [foreign])) == failing)
        #expect(authorize(.count(3), nil, behind: nil, Effects(revalues: [other])) == failing)
    }

    @Test("NULL stays NULL whatever becomes of values, unless its column is another")
    func presence() {
        let nulls = probe(.fails, .presence)
        for effects in [Effects(revalues: [email]), Effects(revalues: [users])] {
            #expect(authorize(.count(3), nulls, behind: nil, effects) == failing)
        }
        for object in [email, users] {
            for touch in [Sample.created(object), Sample.dropped(object)] {
                let first = Sample.step("first", touches: [touch])
                #expect(authorize(.count(3), nulls, behind: first) == .granted, "\(touch)")
            }
        }
        let first = Sample.step("first", touches: [Sample.altered(function)])
        #expect(authorize(.count(3), nulls, behind: first) == failing)
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
