import Planning
import SchemaCore

/// What the kinds' strategies may look at: both whole catalogs, the version and the options, and
/// which objects come into being in this plan.
struct PlanContext {
    let settled: Catalog<PostgreSQLObject>
    let desired: Catalog<PostgreSQLObject>
    let settledIndex: CatalogIndex
    let desiredIndex: CatalogIndex
    /// That of `unstated`.
    let unstatedIndex: CatalogIndex
    let capabilities: Capabilities
    let options: PlanningOptions
    /// What this plan creates.
    let created: Set<ObjectID>
    /// What of objects is not modelled, and goes when they go.
    let facets: Facets
    /// What leaves so that a type can change, and is not in `settled`.
    let removed: [ObjectID: PostgreSQLObject]
    /// What of that would come back without a change of its own, as it would be then.
    let remade: [ObjectID: PostgreSQLObject]
    /// Type changes of columns that only let more through, as texts before and after.
    let loosened: Set<[String]>
    /// Under which names rows are read before the plan's renames.
    let former: FormerNames
    /// The owners and rights that no manifest states, after the renames.
    let unstated: Catalog<PostgreSQLObject>
    /// What the server gives of itself when something is made.
    let defaultPrivileges: [PostgreSQLObject]
    /// The columns that get their numbers from another sort of sequence.
    let renumberings: [ObjectID: Renumbering]

    /// The foreign keys that stand in the way of what becomes crash-safe, or stops being so.
    let loggingCircles: LoggingCircles
    /// The tables that derive from others, by table and before the plan.
    let tree: TableTree

    /// Whether the rows of a table are parted among partitions.
    func isPartitioned(_ table: ObjectID) -> Bool {
        (desired[table] ?? settled[table])?.isPartitioned == true
    }

    /// An object as it is before it leaves.
    func leaving(_ id: ObjectID) -> PostgreSQLObject? { settled[id] ?? removed[id] }

    /// Whether a relation was there before the plan: only then does anybody wait for it.
    func exists(_ relation: ObjectID) -> Bool { !created.contains(relation) }

    func statement(_ sql: SQL) -> Statement { Statement(sql.text(.postgreSQL)) }
    func statements(_ sql: [SQL]) -> [Statement] { sql.map(statement) }

    /// The undo of an alteration or creation: the statements that lead back.
    func exactly(_ sql: [SQL]) -> Undo { Undo(.exact, statements(sql)) }

    /// The locks of which the relation is there.
    func locks(_ locks: [Effects.Lock]) -> [Effects.Lock] {
        locks.filter { exists($0.relation) }
    }

    /// A lock on a relation that is there, and nothing else.
    func momentary(_ locks: [Effects.Lock]) -> Effects { Effects(locks: self.locks(locks)) }

    /// The touch of an object by its states in both catalogs.
    func touch(_ id: ObjectID) -> Step.Touch {
        Step.Touch(object: id, before: settled[id]?.digest, after: desired[id]?.digest)
    }

    /// A query that counts, written so that a role with SELECT can run it.
    func probe(
        _ name: String, counting counts: String, of object: ObjectID, _ query: SQL,
        _ meaning: Probe.Meaning, reads: Set<ObjectID> = [], basis: Probe.Basis = .values
    ) -> Probe {
        Probe(
            name: name, counts: counts, object: object, query: statement(query), meaning: meaning,
            reads: reads.sorted(), basis: basis)
    }
}

extension PlanContext {
    /// Whether a sequence stands outside of bounds that it is to get; the server refuses that.
    func positions(
        of id: ObjectID, path: [String], within settings: SequenceSettings
    ) -> [Probe] {
        guard let minimum = settings.minimum, let maximum = settings.maximum else { return [] }
        let bounds = [minimum, maximum].map { "\(verbatim: VerbatimSQL("\($0)"))" as SQL }
        return [
            probe(
                "position",
                counting: "positions of \(path.joined(separator: ".")) out of its bounds",
                of: id,
                """
                SELECT count(*) FROM \(name: former.path(of: id, path)) \
                WHERE last_value NOT BETWEEN \(bounds[0]) AND \(bounds[1])
                """, .fails)
        ]
    }
}

/// How an object gets from one definition to another.
enum Alteration {
    /// By these operations, in this order; dependants stay.
    case inPlace([Operation])
    /// It has to be removed and made again, with all that hangs on it, for this reason.
    case recreate
}
