// Owns what a random schema has beside tables, keys, enums, sequences, functions and views: one
// shape for all of it, so that pruning, renaming and moving know no sort.

/// Something of which the sort, what it stands on and a number say everything.
struct ExtraModel: Sendable {
    enum Sort: String, CaseIterable, Sendable {
        // Types.
        case domain, composite, range
        // Routines.
        case triggerFunction, rowFunction, typeFunction, setFunction, eventFunction, comparison
        case procedure, aggregate, `operator`
        // Relations.
        case starred, counting, caller, child, typed, parted, partition, foreignTable
        // Within a table or view.
        case trigger, policy, rule, statistics
        // What belongs to the database.
        case cast, wrapper, server, mapping, publication, eventTrigger, defaultPrivileges
        // Others that stand in a schema.
        case dictionary, configuration, conversion
    }

    /// An attribute or a column.
    struct Part: Sendable {
        var id: Int
        var name: String
        var type: TypeModel
        var comment: String?
    }

    var id: Int
    var sort: Sort
    var schema: Int
    var name: String
    /// What it stands on; the first holds it, if it is a part.
    var subjects: [Int] = []
    /// Columns of the first subject.
    var columns: [Int] = []
    var condition: Expression?
    var parts: [Part] = []
    /// Chooses all else.
    var variant: Int
    /// Of a partition: whether it is one now, or a table of its own.
    var isAttached = true
    var comment: String?
}

extension ExtraModel.Sort {
    /// Whether a column can be of it.
    var isType: Bool { self == .domain || self == .composite || self == .range }

    /// Whether it has columns or is read like it had.
    var isRelation: Bool {
        switch self {
        case .starred, .counting, .caller, .child, .typed, .parted, .partition, .foreignTable:
            true
        default: false
        }
    }

    /// Whether its name is of a schema's.
    var isInSchema: Bool {
        switch self {
        case .trigger, .policy, .rule, .cast, .wrapper, .server, .mapping, .publication,
            .eventTrigger, .defaultPrivileges:
            false
        default: true
        }
    }

    /// Whether it stands in the document of its first subject.
    var isPart: Bool {
        self == .trigger || self == .policy || self == .rule || self == .statistics
    }

    /// Whether its document may tell a former name.
    var isRenamed: Bool {
        switch self {
        case .triggerFunction, .rowFunction, .typeFunction, .setFunction, .eventFunction,
            .comparison, .procedure, .cast, .mapping, .defaultPrivileges, .operator, .aggregate:
            false
        default: true
        }
    }

    /// The word for its field of rights, if it can have one.
    var rights: World.Rights? {
        switch self {
        case .domain, .composite, .range: .type
        case .rowFunction, .typeFunction, .setFunction, .comparison, .procedure, .aggregate:
            .routine
        case .starred, .counting, .caller, .child, .typed, .parted, .partition: .relation
        default: nil
        }
    }
}

extension World {
    /// What there may be rights on.
    enum Rights: Sendable { case relation, routine, type, sequence, schema }

    func extra(_ id: Int) -> ExtraModel? { extras.first { $0.id == id } }
    func extras(_ sorts: ExtraModel.Sort...) -> [ExtraModel] {
        extras.filter { sorts.contains($0.sort) }
    }
    func extras(_ sort: ExtraModel.Sort, of host: Int) -> [ExtraModel] {
        extras.filter { $0.sort == sort && $0.subjects.first == host }
    }

    /// The columns of an extra, which may be another's.
    func parts(of extra: ExtraModel) -> [ExtraModel.Part] {
        switch extra.sort {
        case .partition, .typed:
            extra.subjects.first.flatMap(self.extra).map(parts) ?? []
        default: extra.parts
        }
    }

    /// All that a number may name.
    var known: Set<Int> {
        items.union(extras.map(\.id)).union(schemas.map(\.id))
    }

    /// The columns of anything that has some.
    var columnsByHost: [Int: Set<Int>] {
        var out: [Int: Set<Int>] = [:]
        for table in tables { out[table.id] = Set(table.columns.map(\.id)) }
        for view in views { out[view.id] = Set(view.outputs.map(\.id)) }
        return out
    }

    /// Takes out the extras that lost their ground.
    mutating func pruneExtras(holds: (Expression, Set<Int>?) -> Bool) {
        let (known, columns) = (known, columnsByHost)
        let schemaIDs = Set(schemas.map(\.id))
        extras.removeAll { extra in
            !schemaIDs.contains(extra.schema) || !extra.subjects.allSatisfy(known.contains)
        }
        for place in extras.indices {
            let own = extras[place].subjects.first.flatMap { columns[$0] } ?? []
            if let condition = extras[place].condition, !holds(condition, own) {
                extras[place].condition = nil
            }
            extras[place].columns.removeAll { !own.contains($0) }
            // An attribute can only come back at the end of a type that has values.
            let isLost = { (part: ExtraModel.Part) in
                part.type.item.map { !known.contains($0) } ?? false
            }
            if extras[place].sort == .composite, extras[place].parts.contains(where: isLost) {
                extras[place].parts = []
            }
            extras[place].parts.removeAll(where: isLost)
        }
        extras = extras.filter { stands($0) }
        grants = grants.filter { known.contains($0.key) }
        owned.formIntersection(known)
    }

    /// Whether what it stands on is of the right sort and has what is needed.
    private func stands(_ extra: ExtraModel) -> Bool {
        func isTable(_ id: Int?) -> Bool { id.flatMap(table) != nil }
        let host = extra.subjects.first
        switch extra.sort {
        case .trigger:
            if let view = views.first(where: { $0.id == host }) { return !view.isMaterialized }
            return isTable(host) || host.flatMap(self.extra)?.sort == .parted
        case .rule:
            if let view = views.first(where: { $0.id == host }) { return !view.isMaterialized }
            return isTable(host)
        case .policy: return isTable(host)
        case .statistics:
            let able =
                host.flatMap(table)?.columns.filter {
                    $0.isReal && $0.type.family.isKey
                } ?? []
            return Set(able.map(\.id)).isSuperset(of: extra.columns) && extra.columns.count > 1
        case .child: return isTable(host)
        case .publication:
            return extra.subjects.allSatisfy { table($0)?.isUnlogged == false }
        case .composite, .parted: return !extra.parts.isEmpty
        default: return true
        }
    }
}
