import Planning
import SchemaCore
import Testing

@Suite("Plan changes")
struct PlanChangesTests {
    func summary(_ steps: [Step]) -> [String] {
        PlanChanges(Sample.plan(steps)).groups.map { group in
            "\(group.head.sort.rawValue) \(group.head.object)"
                + (group.head.from.map { " from \($0)" } ?? "")
                + group.parts.map { ", \($0.sort.rawValue) \($0.object)" }.joined()
        }
    }

    let users = Sample.id("table", "app", "users")
    let people = Sample.id("table", "app", "people")
    func column(_ table: String, _ name: String) -> ObjectID {
        Sample.id("column", "app", table, name)
    }

    @Test("parts of a table that exists change it, those of a new one belong to it")
    func parts() {
        #expect(
            summary([
                Sample.step("a", touches: [Sample.created(column("users", "nick"))]),
                Sample.step(
                    "b",
                    touches: [
                        Sample.created(people), Sample.created(column("people", "id")),
                        Sample.created(people.comment),
                        Sample.created(column("people", "id").comment),
                    ]),
            ]) == [
                "created table app.people, created column app.people.id, "
                    + "created comment on column app.people.id, "
                    + "created comment on table app.people",
                "altered table app.users, created column app.users.nick",
            ])
    }

    @Test("what comes and goes within the plan, or ends as it was, is no change")
    func passing() {
        let same = Step.Touch(object: users, before: Sample.before, after: Sample.before)
        #expect(
            summary([
                Sample.step("a", touches: [Sample.created(people), same]),
                Sample.step("b", touches: [Sample.dropped(people)]),
            ]).isEmpty)
    }

    @Test("a view that is dropped and made again is altered")
    func recreated() {
        let view = Sample.id("view", "app", "v")
        #expect(
            summary([
                Sample.step("a", touches: [Sample.dropped(view)]),
                Sample.step("b", touches: [Sample.created(view)]),
            ]) == ["altered view app.v"])
    }

    @Test("a renamed table is one change, and its columns went along")
    func renamedTable() {
        #expect(
            summary([
                Sample.step(
                    "a", data: .kept,
                    touches: [
                        Sample.dropped(users), Sample.created(people),
                        Sample.dropped(column("users", "id")),
                        Sample.created(column("people", "id")),
                        Sample.dropped(column("users", "x")), Sample.created(column("people", "x")),
                    ])
            ]) == ["renamed table app.people from table app.users"])
    }

    @Test("a renamed column is one change of its table")
    func renamedColumn() {
        #expect(
            summary([
                Sample.step(
                    "a", data: .kept,
                    touches: [
                        Sample.dropped(column("users", "a")), Sample.created(column("users", "b")),
                    ])
            ]) == ["altered table app.users, renamed column app.users.b"])
    }

    @Test("a function's arguments are no part of another object, a label is one of its enum")
    func otherPaths() {
        #expect(
            summary([
                Sample.step(
                    "a",
                    touches: [
                        Sample.created(Sample.id("function", "app", "f", "(integer)")),
                        Sample.created(Sample.id("label", "app", "status", "new")),
                    ])
            ]) == [
                "altered enum app.status, created label app.status.new",
                "created function app.f(integer)",
            ])
    }
}
