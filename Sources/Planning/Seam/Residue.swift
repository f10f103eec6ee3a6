public import SchemaCore

/// Something that a plan took out of use without destroying it: whoever misses it gets it back, and
/// only a purge ends it.
///
/// It is known by its place in the journal's plans, never by a pattern of names.
public struct Residue: Hashable, Codable, Sendable {
    /// What it was: `table app.orders`.
    public var object: ObjectID
    /// Where it is since: `table lockstep_quarantine_1.orders`.
    public var place: ObjectID

    /// Makes the value.
    public init(object: ObjectID, place: ObjectID) {
        self.object = object
        self.place = place
    }
}

extension Scope {
    /// The schemas that hold nothing but residue; in order.
    public var quarantines: [String] { Set(residue.map { $0.place.path[0] }).sorted() }
}

extension Plan {
    /// All that was taken out of use up to the end of the plan, in the order of the places.
    public var residue: [Residue] {
        Set(scope.residue + steps.flatMap { $0.residue ?? [] }).sorted { $0.place < $1.place }
    }
}
