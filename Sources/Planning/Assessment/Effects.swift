public import SchemaCore

/// Facts about a step: what it does to the database and to those who use it. Stated by engines;
/// judged by rules.
public struct Effects: Hashable, Codable, Sendable {
    /// Where a fact comes from.
    public enum Provenance: String, Codable, Sendable, CaseIterable {
        /// Seen when the step ran in a rehearsal.
        case traced
        /// Known of this form on this version.
        case known
    }

    /// What a lock keeps others from.
    public enum Blocking: String, Codable, Sendable, Comparable, CaseIterable {
        /// Nothing that applications do.
        case nothing
        /// Other schema changes and maintenance.
        case maintenance
        /// Writing.
        case writes
        /// Reading and writing.
        case reads

        /// What blocks less is less.
        public static func < (lhs: Blocking, rhs: Blocking) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int {
            switch self {
            case .nothing: 0
            case .maintenance: 1
            case .writes: 2
            case .reads: 3
            }
        }
    }

    /// A lock on one relation.
    public struct Lock: Hashable, Codable, Sendable {
        /// The relation.
        public var relation: ObjectID
        /// The engine's own name of the lock: `ACCESS EXCLUSIVE`.
        public var mode: String
        /// What it keeps others from.
        public var blocks: Blocking
        /// What is locked with the relation, where that is more: `the whole database`.
        public var reach: String?

        /// Makes the value.
        public init(
            relation: ObjectID, mode: String, blocks: Blocking, reach: String? = nil
        ) {
            self.relation = relation
            self.mode = mode
            self.blocks = blocks
            self.reach = reach
        }
    }

    /// Long work while a lock is held.
    public enum Work: String, Codable, Sendable, CaseIterable {
        /// A relation is written anew.
        case rewrite
        /// A relation is read whole.
        case scan
        /// An index is built.
        case build
    }

    /// What only the engine knows of a sort of work: rules judge it, and tell this beside.
    public struct WorkNote: Hashable, Codable, Sendable {
        /// The work.
        public var work: Work
        /// What it needs beside time and room for what is written: `as much log`.
        public var needs: String?
        /// How others are kept waiting less; as what a person is to do, in the middle of a
        /// sentence.
        public var wayOut: String?

        /// Makes the value.
        public init(_ work: Work, needs: String? = nil, wayOut: String? = nil) {
            self.work = work
            self.needs = needs
            self.wayOut = wayOut
        }
    }

    /// Something that code that uses the database may trip over.
    public struct Break: Hashable, Codable, Sendable {
        /// What it uses.
        public var object: ObjectID
        /// What happens to it: `a query that reads it fails`.
        public var consequence: String
        /// Whether statements fail, or only their meaning changes.
        public var isFailure: Bool

        /// Makes the value.
        public init(object: ObjectID, consequence: String, isFailure: Bool = true) {
            self.object = object
            self.consequence = consequence
            self.isFailure = isFailure
        }
    }

    /// Data that is destroyed or may change.
    public struct Loss: Hashable, Codable, Sendable {
        /// Whose data.
        public var object: ObjectID
        /// The relation that holds it, whose size is the measure; nil where there is none.
        public var relation: ObjectID?
        /// What is lost: `all rows`, `all values`, `values longer than 20 characters`.
        public var what: String

        /// Makes the value.
        public init(object: ObjectID, relation: ObjectID?, what: String) {
            self.object = object
            self.relation = relation
            self.what = what
        }
    }

    /// Somebody who may do more than before, or on whose behalf more is done.
    public struct Exposure: Hashable, Codable, Sendable {
        /// Who gains what.
        public enum Sort: String, Codable, Sendable, CaseIterable {
            /// Every role, those to come among them.
            case everybody
            /// Some roles, which may pass it on to others.
            case passingOn
            /// The role to which something belongs from now on.
            case owner
            /// A role that stands above rights from now on.
            case power
            /// A role that has all that another has from now on.
            case membership
        }

        /// What it concerns.
        public var object: ObjectID
        /// Who gains what.
        public var sort: Sort
        /// Behind "every role gets": `SELECT`; for some, all before the object: `reader gets
        /// SELECT`; of an owner, who: `app_owner`; of a role, its power or that other role.
        public var what: String

        /// Makes the value.
        public init(object: ObjectID, sort: Sort, what: String) {
            self.object = object
            self.sort = sort
            self.what = what
        }
    }

    /// Where these facts come from.
    public var provenance: Provenance
    /// The locks, the strongest for each relation that was there before the plan.
    public var locks: [Lock]
    /// Relations whose storage is written anew while the lock is held.
    public var rewrites: [ObjectID]
    /// Columns whose values become others or compare by other rules, and tables of which any
    /// column's may. What is written anew need not be: its values can be the same.
    public var revalues: [ObjectID]
    /// Relations that are read whole while the lock is held.
    public var scans: [ObjectID]
    /// Indexes that are built.
    public var builds: [ObjectID]
    /// Data that is destroyed or may change.
    public var losses: [Loss]
    /// What running code may trip over.
    public var breaks: [Break]
    /// What is to be known of the work, one for each sort at most.
    public var notes: [WorkNote]
    /// Who may do more than before; nil where nobody does.
    public var exposures: [Exposure]?

    /// Makes the value.
    public init(
        provenance: Provenance = .known, locks: [Lock] = [], rewrites: [ObjectID] = [],
        revalues: [ObjectID] = [], scans: [ObjectID] = [], builds: [ObjectID] = [],
        losses: [Loss] = [], breaks: [Break] = [], notes: [WorkNote] = [],
        exposures: [Exposure]? = nil
    ) {
        self.provenance = provenance
        self.locks = locks
        self.rewrites = rewrites
        self.revalues = revalues
        self.scans = scans
        self.builds = builds
        self.losses = losses
        self.breaks = breaks
        self.notes = notes
        self.exposures = exposures
    }

    /// The sorts of work that the step does.
    public var work: Set<Work> {
        var work: Set<Work> = []
        if !rewrites.isEmpty { work.insert(.rewrite) }
        if !scans.isEmpty { work.insert(.scan) }
        if !builds.isEmpty { work.insert(.build) }
        return work
    }

    /// The same with what an engine has to say of the work that the step does.
    ///
    /// - Parameter known: what is said of each sort of work, in order.
    public func noting(_ known: [WorkNote]) -> Effects {
        var effects = self
        let work = work
        effects.notes = known.filter { work.contains($0.work) }
        return effects
    }

    /// What the engine says of a sort of work.
    func note(of work: Work) -> WorkNote? { notes.first { $0.work == work } }
}
