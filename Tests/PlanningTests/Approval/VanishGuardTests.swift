import Planning
import SchemaCore
import Testing

@Suite("Vanish guard")
struct VanishGuardTests {
    @Test(
        "stalls when a fifth and more vanishes, or all, or there are no manifests",
        arguments: [
            (0, 0, false, false), (1, 0, true, false), (2, 1, true, false), (2, 2, true, true),
            (9, 8, true, false), (9, 9, true, true), (10, 2, true, false), (10, 3, true, true),
            (100, 20, true, false), (100, 21, true, true), (100, 0, false, true),
            (1, 1, false, true),
        ])
    func verdicts(_ managed: Int, _ vanishing: Int, _ manifests: Bool, _ stalls: Bool) {
        let verdict = VanishGuard.judge(
            managed: managed, vanishing: vanishing, hasManifests: manifests,
            isAcknowledged: false)
        #expect((verdict != .passes) == stalls)
        #expect(
            VanishGuard.judge(
                managed: managed, vanishing: vanishing, hasManifests: manifests,
                isAcknowledged: true) == .passes)
    }

    @Test("says what it saw and what to do")
    func reason() {
        guard
            case .stalls(let reason) = VanishGuard.judge(
                managed: 40, vanishing: 30, hasManifests: true, isAcknowledged: false)
        else {
            Issue.record("it passed")
            return
        }
        #expect(reason.hasPrefix("30 of 40 managed objects would vanish at once"))
        #expect(reason.hasSuffix("add --auto-approve destructive"))
    }

    @Test("in a catalog, only what is no part of another object counts")
    func catalog() {
        struct Thing: CatalogObject {
            var id: ObjectID
            var parent: ObjectID?
            var dependencies: Set<ObjectID> = []
            var digest: Digest { Digest(of: id.description) }
        }
        let schema = Sample.id("schema", "app")
        let tables = (1...12).map { Sample.id("table", "app", "t\($0)") }
        let columns = tables.flatMap { table in
            (1...9).map { Sample.id("column", "app", table.name, "c\($0)") }
        }
        let live = Catalog(
            [Thing(id: schema, parent: nil)] + tables.map { Thing(id: $0, parent: schema) }
                + columns.map { Thing(id: $0, parent: Sample.id("table", "app", $0.path[1])) })
        func verdict(_ vanishing: [ObjectID]) -> VanishGuard.Verdict {
            VanishGuard.judge(
                live: live, vanishing: vanishing, hasManifests: true, isAcknowledged: false,
                standsAlone: { $0.kind.rawValue == "schema" })
        }
        #expect(verdict(columns) == .passes)
        #expect(verdict(Array(tables.prefix(2))) == .passes)
        #expect(verdict(Array(tables.prefix(3))) != .passes)
    }
}
