import Planning
import SchemaCore

/// One thing to do, with what it needs for its place in the order.
///
/// It produces, consumes and destroys objects and takes and frees name slots; the order follows
/// from these alone. Its SQL says how, its effects say what that does to the database.
struct Operation {
    /// `create`, `drop`, `alter`, … with the subject it makes the step's id.
    var verb: String
    /// What it is about.
    var subject: ObjectID
    /// One line for people.
    var title: String
    /// How it is done.
    var form: Form
    /// When it may run by itself.
    var phase: Phase
    var probes: [Probe] = []
    var undo: Undo
    var data: DataClass = .untouched
    var effects = Effects()
    var touches: [Step.Touch] = []

    /// What is there in its new form afterwards.
    var produces: Set<ObjectID> = []
    /// What has to be there in its new form before.
    var consumes: Set<ObjectID> = []
    /// What is gone, or no longer in its old form, afterwards.
    var destroys: Set<ObjectID> = []
    /// What its old form depended on: that may go only after it.
    var releases: Set<ObjectID> = []
    /// Names that it takes.
    var takes: Set<NameSlot> = []
    /// Names that it frees.
    var frees: Set<NameSlot> = []
    /// Its place among the operations of one change; nil where it has none.
    var sequence: Int?
    /// The change that the place is in; nil for the subject's.
    var sequenceKey: ObjectID?
    /// Whether it must not share a transaction: its result is only usable once committed.
    var commitsAlone = false

    enum Form {
        case statements([SQL])
        case concurrentBuild(build: SQL, cleanup: SQL)
        case concurrentDrop(SQL)
    }

    init(
        _ verb: String, _ subject: ObjectID, title: String, _ form: Form, phase: Phase, undo: Undo
    ) {
        self.verb = verb
        self.subject = subject
        self.title = title
        self.form = form
        self.phase = phase
        self.undo = undo
    }

    var isConcurrent: Bool {
        switch form {
        case .statements: false
        case .concurrentBuild, .concurrentDrop: true
        }
    }
}

/// A name that only one object can have at a time.
struct NameSlot: Hashable {
    /// The namespace within which the name is unique.
    enum Space: Hashable { case relation, type, column, constraint, function, other }
    var space: Space
    var path: [String]

    /// The names that an object takes.
    static func taken(by object: PostgreSQLObject) -> Set<NameSlot> {
        let path = object.id.path
        switch object.definition {
        case .table, .view:
            return [NameSlot(space: .relation, path: path), NameSlot(space: .type, path: path)]
        case .index: return [NameSlot(space: .relation, path: path)]
        case .sequence: return [NameSlot(space: .relation, path: path)]
        case .enum: return [NameSlot(space: .type, path: path)]
        case .column(let column):
            let own = NameSlot(space: .column, path: path)
            guard let name = column.identity?.sequenceName else { return [own] }
            return [own, NameSlot(space: .relation, path: [path[0], name])]
        case .constraint(let constraint):
            let own = NameSlot(space: .constraint, path: path)
            switch constraint.rule {
            case .primaryKey, .unique, .exclusion:
                return [own, NameSlot(space: .relation, path: [path[0], path[2]])]
            case .check, .foreignKey: return [own]
            }
        case .function: return [NameSlot(space: .function, path: path)]
        case .schema, .extension, .columnDefault, .comment:
            return [NameSlot(space: .other, path: [object.id.kind.rawValue] + path)]
        }
    }
}

extension Effects.Lock {
    static func accessExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "ACCESS EXCLUSIVE", blocks: .reads)
    }
    static func shareRowExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE ROW EXCLUSIVE", blocks: .writes)
    }
    static func share(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE", blocks: .writes)
    }
    static func shareUpdateExclusive(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "SHARE UPDATE EXCLUSIVE", blocks: .maintenance)
    }
    static func rowShare(_ relation: ObjectID) -> Effects.Lock {
        Effects.Lock(relation: relation, mode: "ROW SHARE", blocks: .nothing)
    }
}
