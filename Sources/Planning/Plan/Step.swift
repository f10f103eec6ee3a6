public import SchemaCore

/// One unit of execution.
public struct Step: Hashable, Codable, Sendable {
    /// A stable name within the plan, made from what the step does: `drop-column:app.users.note`.
    /// People acknowledge destructive steps by it.
    public var id: String
    /// One line for people: `Drop column app.users.note`.
    public var title: String
    /// When it may run.
    public var phase: Phase
    /// What is done.
    public var action: Action
    /// Which transaction it runs in.
    public var transaction: Transaction
    /// Questions whose answers must be zero for the step to succeed.
    public var probes: [Probe]
    /// How to go back, and what of it is claimed.
    public var undo: Undo
    /// What happens to data.
    public var data: DataClass
    /// The objects that it makes, changes or removes, with their digests before and after.
    public var touches: [Touch]

    /// Which transaction a step runs in.
    public enum Transaction: Hashable, Codable, Sendable {
        /// One of its own.
        case own
        /// One with all neighbouring steps of this number.
        case shared(Int)
        /// None.
        case none

        // The name in JSON of what has no label here.
        private enum SharedCodingKeys: String, CodingKey { case _0 = "number" }
    }

    /// An object that a step touches. Without a digest before or after it is there only while
    /// the plan runs, and no step tells how it looks.
    public struct Touch: Hashable, Codable, Sendable {
        /// Its address.
        public var object: ObjectID
        /// Its digest before; nil if it is not there.
        public var before: Digest?
        /// Its digest after; nil if it is gone.
        public var after: Digest?

        /// Makes the value.
        public init(object: ObjectID, before: Digest?, after: Digest?) {
            self.object = object
            self.before = before
            self.after = after
        }

        /// Whether the object is there only while the plan runs.
        public var isPassing: Bool { before == nil && after == nil }
    }

    /// Makes a step.
    public init(
        id: String, title: String, phase: Phase, action: Action, transaction: Transaction,
        probes: [Probe] = [], undo: Undo, data: DataClass, touches: [Touch]
    ) {
        self.id = id
        self.title = title
        self.phase = phase
        self.action = action
        self.transaction = transaction
        self.probes = probes
        self.undo = undo
        self.data = data
        self.touches = touches
    }
}

/// A question on the data whose answer must be zero for a step to succeed; without counts, so that
/// it is the same for every target.
public struct Probe: Hashable, Codable, Sendable {
    /// A name within the step: `nulls`, `duplicates`, `violators`, `misfits`.
    public var name: String
    /// What is counted, for people: `rows of app.users whose email is NULL`.
    public var counts: String
    /// The object whose data is asked.
    public var object: ObjectID
    /// A query that gives one number.
    public var query: Statement
    /// What a number above zero means.
    public var meaning: Meaning
    /// What the answer follows from, in order: where an earlier step changes one of these, the
    /// answer had before the plan says nothing about the step. A table of which no column is named
    /// is read whole.
    public var reads: [ObjectID]
    /// What of it the answer follows from.
    public var basis: Basis

    /// What a number above zero means.
    public enum Meaning: String, Codable, Sendable, CaseIterable {
        /// The step fails.
        case fails
        /// The step succeeds, and so many values are changed or lost.
        case loses
    }

    /// What of the rows that are read an answer follows from.
    public enum Basis: String, Codable, Sendable, CaseIterable {
        /// The values.
        case values
        /// Only whether there is one: whatever becomes of values, NULL stays NULL.
        case presence
    }

    /// Makes a probe.
    public init(
        name: String, counts: String, object: ObjectID, query: Statement, meaning: Meaning,
        reads: [ObjectID] = [], basis: Basis = .values
    ) {
        self.name = name
        self.counts = counts
        self.object = object
        self.query = query
        self.meaning = meaning
        self.reads = reads
        self.basis = basis
    }
}

/// How to go back from a step.
public struct Undo: Hashable, Codable, Sendable {
    /// What going back gives.
    public enum Claim: Hashable, Codable, Sendable {
        /// What was there before, data included.
        case exact
        /// The same schema, without what is named.
        case shape(loses: String)
        /// Nothing, for this reason.
        case none(reason: String)
    }
    /// What is claimed.
    public var claim: Claim
    /// The statements in order; empty if the claim is `none`.
    public var statements: [Statement]

    /// Makes the value.
    public init(_ claim: Claim, _ statements: [Statement]) {
        self.claim = claim
        self.statements = statements
    }
}

/// What a step does to data.
public enum DataClass: String, Codable, Sendable, Comparable, CaseIterable {
    /// No data is touched.
    case untouched
    /// Data is kept; what is allowed or meant changes.
    case kept
    /// Values that do not fit are changed or refused.
    case lossy
    /// Data is destroyed.
    case destroyed

    /// The less harmful is less.
    public static func < (lhs: DataClass, rhs: DataClass) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
        switch self {
        case .untouched: 0
        case .kept: 1
        case .lossy: 2
        case .destroyed: 3
        }
    }
}
