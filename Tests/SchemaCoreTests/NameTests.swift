import SchemaCore
import Testing

/// Names are what their bytes are, as for a server.
@Suite struct NameTests {
    private let composed = "caf\u{e9}"
    private let decomposed = "cafe\u{301}"

    @Test func twoSpellingsAreTwoNames() {
        let one = ObjectID(.init(rawValue: "table"), "app", composed)
        let other = ObjectID(.init(rawValue: "table"), "app", decomposed)
        #expect(composed == decomposed)
        #expect(one != other)
        #expect(one == ObjectID(.init(rawValue: "table"), "app", "caf\u{e9}"))
        #expect(Set([one, other]).count == 2)
        #expect(ByteText(composed) != ByteText(decomposed))
        #expect(Digest(of: composed) != Digest(of: decomposed))
    }

    /// Marks may change places without the text changing, nor its length.
    @Test func spellingsOfOneLengthAreToldApart() {
        let names = ["a\u{301}\u{323}", "a\u{323}\u{301}"]
        #expect(names[0] == names[1])
        #expect(!names[0].isSameBytes(as: names[1]))
    }

    @Test func orderIsTotal() {
        let ids = [composed, decomposed, "cafe", "cafz", "caf\u{e9}s", "cafe\u{301}s"]
            .map { ObjectID(.init(rawValue: "table"), "app", $0) }
        let sorted = ids.sorted()
        for _ in 1...20 { #expect(ids.shuffled().sorted() == sorted) }
        for one in ids {
            for other in ids where one != other { #expect((one < other) != (other < one)) }
        }
        let digest = Digest(of: "x")
        let pairs = ids.map { ($0, Digest(of: $0.description)) }
        let fingerprint = Fingerprint.of(Dictionary(uniqueKeysWithValues: pairs))
        for _ in 1...20 {
            #expect(Fingerprint.of(.init(uniqueKeysWithValues: pairs.shuffled())) == fingerprint)
        }
        #expect(Fingerprint.of([ids[0]: digest]) != Fingerprint.of([ids[1]: digest]))
    }
}
