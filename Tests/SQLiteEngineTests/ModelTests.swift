import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("SQLite's objects")
struct ModelTests {
    @Test("a name's case is a difference at one address")
    func caseOfNames() {
        let upper = SQLiteObject(.table("Users"), .table(TableDefinition(name: "Users")))
        let lower = SQLiteObject(.table("users"), .table(TableDefinition(name: "users")))
        #expect(upper.id == lower.id && upper != lower)
        let changes = difference(from: Catalog([upper]), to: Catalog([lower]))
        #expect(changes == [.alter(from: upper, to: lower)])
        #expect(ObjectID.table("É") != ObjectID.table("é"), "SQLite folds ASCII only")
    }

    @Test("a spelling makes no difference, and is kept")
    func spelling() throws {
        func object(_ text: String) -> SQLiteObject {
            let check = ConstraintDefinition.Check(expression: ComparableSQL(text))
            return SQLiteObject(
                .constraint("t", "c"), .constraint(.init(name: "c", rule: .check(check))))
        }
        let one = object("a  >  0")
        #expect(one == object("a > 0") && one != object("a > 1"))
        let data = try CanonicalJSON.data(Catalog([one]))
        let back = try CanonicalJSON.decode(Catalog<SQLiteObject>.self, from: data)
        #expect(back == Catalog([one]))
        guard case .constraint(let read)? = back.sorted.first?.definition,
            case .check(let check) = read.rule
        else {
            Issue.record("no check came back")
            return
        }
        #expect(check.expression.written.text == "a  >  0")
    }

    @Test("unnamed constraints are called what they are")
    func addresses() {
        let check = ConstraintDefinition(rule: .check(.init(expression: ComparableSQL("A>0"))))
        let long = ConstraintDefinition(
            rule: .check(
                .init(expression: ComparableSQL(String(repeating: "a + ", count: 30) + "b > 0"))))
        let key = ConstraintDefinition(
            rule: .foreignKey(.init(columns: ["A"], table: "Other", referencedColumns: [])))
        let all = [
            ConstraintDefinition(rule: .primaryKey(.init(columns: [.init("a")]))),
            ConstraintDefinition(rule: .unique(.init(columns: [.init("a"), .init("B")]))),
            check, key, check, ConstraintDefinition(name: "Named", rule: check.rule),
        ]
        #expect(
            ConstraintDefinition.ids(all, of: "T").map(\.path) == [
                ["t", "primary key"], ["t", "unique (a, b)"], ["t", "check (A > 0)"],
                ["t", "foreign key (a) references other"], ["t", "check (A > 0) 2"],
                ["t", "named"],
            ])
        #expect(long.address.unicodeScalars.count < 80)
    }
}
