import SchemaCore
import Testing

/// An object of no engine: a value under an address.
private struct Thing: CatalogObject {
    let id: ObjectID
    var parent: ObjectID?
    var dependencies: Set<ObjectID> = []
    var value = ""
    var digest: Digest { Digest(of: value) }

    init(_ name: String, _ value: String = "", parent: ObjectID? = nil) {
        id = ObjectID(ObjectKind(rawValue: "thing"), name)
        self.value = value
        self.parent = parent
    }

    static func == (lhs: Thing, rhs: Thing) -> Bool { lhs.id == rhs.id && lhs.value == rhs.value }
    func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(value)
    }
}

@Suite struct CatalogTests {
    @Test func theDifferenceIsWhatDiffersInOrder() {
        let live = Catalog([Thing("a", "1"), Thing("b", "1"), Thing("c", "1")])
        let desired = Catalog([Thing("d", "1"), Thing("b", "2"), Thing("c", "1")])
        #expect(
            difference(from: live, to: desired) == [
                .drop(Thing("a", "1")), .alter(from: Thing("b", "1"), to: Thing("b", "2")),
                .create(Thing("d", "1")),
            ])
        #expect(difference(from: desired, to: desired).isEmpty)
    }

    @Test func changesLeadFromOneCatalogToTheOther() {
        var generator = Seeded(state: 11)
        for _ in 0..<300 {
            func random() -> Catalog<Thing> {
                Catalog(
                    (0..<12).filter { _ in Bool.random(using: &generator) }.map {
                        Thing("t\($0)", String(Int.random(in: 0..<3, using: &generator)))
                    })
            }
            let live = random()
            let desired = random()
            var reached = live
            for change in difference(from: live, to: desired) {
                switch change {
                case .create(let object), .alter(_, let object): reached.insert(object)
                case .drop(let object): reached[object.id] = nil
                }
            }
            #expect(reached == desired)
            #expect(reached.fingerprint == desired.fingerprint)
            #expect((live == desired) == (live.fingerprint == desired.fingerprint))
        }
    }

    @Test func theFingerprintForgetsTheOrderAndNothingElse() {
        let one = Catalog([Thing("a", "1"), Thing("b", "2")])
        #expect(one.fingerprint == Catalog([Thing("b", "2"), Thing("a", "1")]).fingerprint)
        #expect(one.fingerprint != Catalog([Thing("a", "2"), Thing("b", "1")]).fingerprint)
        #expect(one.fingerprint != Catalog([Thing("a", "1")]).fingerprint)
    }

    @Test func dependantsCountChildren() {
        let table = Thing("table")
        var child = Thing("child", parent: table.id)
        child.dependencies = [ObjectID(ObjectKind(rawValue: "type"), "t")]
        let catalog = Catalog([table, child])
        #expect(catalog.dependants()[table.id] == [child.id])
        #expect(catalog.dependants()[ObjectID(ObjectKind(rawValue: "type"), "t")] == [child.id])
        #expect(catalog.childrenByParent()[table.id] == [child.id])
    }
}
