import Planning
import SchemaCore
import Testing

@Suite("Auto approval")
struct AutoApprovalTests {
    let users = Sample.id("table", "app", "users")
    let note = Sample.id("column", "app", "users", "note")
    var plan: Plan {
        Sample.plan([
            Sample.step("create-table:app.orders"),
            Sample.step("create-index:app.users_email"),
            Sample.step("rename-column:app.users.name"),
            Sample.step(
                "drop-column:app.users.note", data: .destroyed,
                touches: [
                    Sample.dropped(note)
                ]),
            Sample.step("alter-column:app.users.price", data: .lossy),
        ])
    }
    var assessment: Assessment {
        Sample.assessment(
            plan,
            [
                "create-index:app.users_email": Effects(
                    locks: [.init(relation: users, mode: "SHARE", blocks: .writes)],
                    builds: [Sample.id("index", "app", "users_email")]),
                "rename-column:app.users.name": Effects(
                    breaks: [.init(object: users, consequence: "a query that names it fails")]),
                "drop-column:app.users.note": Effects(
                    losses: [.init(object: note, relation: users, what: "all values")]),
            ])
    }
    let lossy = ["drop-column:app.users.note", "alter-column:app.users.price"]

    func authorize(_ level: Risk?, _ acknowledged: Set<String> = []) -> Authorization {
        AutoApproval.authorize(
            plan: plan, assessment: assessment, autoApprove: level, acknowledged: acknowledged)
    }

    @Test("the risks are as the rules say")
    func risks() {
        #expect(
            assessment.stepRisks == [.safe, .caution, .breaking, .destructive, .destructive])
        #expect(assessment.risk == .destructive)
    }

    @Test(
        "a level allows what is up to it; destructive steps are named one by one",
        arguments: [
            (nil, .breaking), (Risk.safe, .breaking), (.caution, .breaking), (.breaking, nil),
        ] as [(Risk?, Risk?)])
    func levels(_ level: Risk?, _ needed: Risk?) {
        #expect(
            authorize(level) == .refused(.init(missing: lossy, needed: needed, unknown: [])))
    }

    @Test("the level destructive stands for all acknowledgements")
    func destructive() { #expect(authorize(.destructive) == .granted) }

    @Test("acknowledged steps run, one that is left out does not")
    func acknowledged() {
        #expect(authorize(.breaking, Set(lossy)) == .granted)
        #expect(
            authorize(.breaking, [lossy[0]])
                == .refused(.init(missing: [lossy[1]], needed: nil, unknown: [])))
        #expect(
            authorize(nil, Set(lossy))
                == .refused(.init(missing: [], needed: .breaking, unknown: [])))
    }

    @Test("an unknown id is an error even where all is allowed")
    func unknown() throws {
        let answer = authorize(.destructive, ["drop-colum:app.users.note"])
        guard case .refused(let refusal) = answer else {
            Issue.record("an unknown step was accepted")
            return
        }
        #expect(refusal.unknown.first?.suggestion == "drop-column:app.users.note")
        #expect(refusal.explanation.contains("did you mean drop-column:app.users.note?"))
    }

    @Test("the refusal shows the flags to add, quoted for the shell")
    func explanation() {
        let refusal = Authorization.Refusal(
            missing: ["drop-table:app.a b'c", "drop-table:app.\u{1B}[2J"], needed: .caution,
            unknown: [])
        #expect(
            refusal.explanation == """
                2 steps can lose data and must be acknowledged by id; add:
                  --acknowledge 'drop-table:app.a b'\\''c'
                  --acknowledge $'drop-table:app.\\x1b[2J'
                other steps are up to caution; add: --auto-approve caution
                """)
    }

    @Test("an empty plan and a safe one need nothing")
    func safe() {
        let safe = Sample.plan([Sample.step("create-table:app.orders")])
        for plan in [safe, Sample.plan([])] {
            #expect(
                AutoApproval.authorize(
                    plan: plan, assessment: Sample.assessment(plan), autoApprove: nil,
                    acknowledged: []) == .granted)
        }
    }

    @Test("what the plan says of data counts even if no rule found anything")
    func dataClassCounts() {
        let plan = Sample.plan([Sample.step("drop-table:app.a", data: .destroyed)])
        let blind = Assessment.make(
            plan: plan, effects: [Effects()], observations: .init(), unmodelled: [],
            target: "t", rules: [])
        #expect(blind.risk == .safe)
        #expect(
            AutoApproval.authorize(
                plan: plan, assessment: blind, autoApprove: .breaking, acknowledged: [])
                == .refused(.init(missing: ["drop-table:app.a"], needed: nil, unknown: [])))
    }
}
