public import SchemaCore

/// One thing to do, with what it needs for its place in the order.
///
/// It produces, consumes and destroys objects and takes and frees name slots; the order follows
/// from these alone. Its SQL says how, its effects say what that does to the database.
public struct Operation: Sendable {
    /// `create`, `drop`, `alter`, … with the subject it makes the step's id.
    public var verb: String
    /// What it is about.
    public var subject: ObjectID
    /// One line for people.
    public var title: String
    /// How it is done.
    public var form: Form
    /// When it may run by itself.
    public var phase: Phase
    /// Questions whose answers must be zero for it to succeed.
    public var probes: [Probe] = []
    /// What comes or changes with this plan and its questions ask for as it will be: that it does
    /// leaves their answers what they are.
    public var foresees: Set<ObjectID> = []
    /// How to go back.
    public var undo: Undo
    /// What happens to data.
    public var data: DataClass = .untouched
    /// What it does to the database.
    public var effects = Effects()
    /// The objects that it makes, changes or removes.
    public var touches: [Step.Touch] = []
    /// What it needs rights on beside what it touches.
    public var requirements: Set<Requirement> = []

    /// What is there in its new form afterwards.
    public var produces: Set<ObjectID> = []
    /// What has to be there in its new form before.
    public var consumes: Set<ObjectID> = []
    /// What is gone, or no longer in its old form, afterwards.
    public var destroys: Set<ObjectID> = []
    /// What its old form depended on: that may go only after it.
    public var releases: Set<ObjectID> = []
    /// Names that it takes.
    public var takes: Set<NameSlot> = []
    /// Names that it frees.
    public var frees: Set<NameSlot> = []
    /// Its place among the operations of one change; nil where it has none.
    public var sequence: Int?
    /// The change that the place is in; nil for the subject's.
    public var sequenceKey: ObjectID?
    /// For a rename, the path by which other operations' addresses speak of what it renames, or of
    /// something in it; nil for the subject's own.
    public var renamedPath: [String]?
    /// Whether it is done to what it names alone, and to no table below that.
    public var staysOnTop = false
    /// Whether it must not share a transaction: its result is only usable once committed.
    public var commitsAlone = false

    /// How an operation is done.
    public enum Form: Sendable {
        /// Statements in a transaction.
        case statements([SQL])
        /// An index that is built without blocking writers.
        case concurrentBuild(build: SQL, cleanup: SQL)
        /// An index that is removed without blocking anybody.
        case concurrentDrop(SQL)
        /// A partition that is taken from a table without blocking anybody.
        case concurrentDetach(
            from: ObjectID, detach: SQL, finalize: SQL, cleanup: SQL, keeping: [String])
    }

    /// Makes an operation without a place in any order.
    public init(
        _ verb: String, _ subject: ObjectID, title: String, _ form: Form, phase: Phase, undo: Undo
    ) {
        self.verb = verb
        self.subject = subject
        self.title = title
        self.form = form
        self.phase = phase
        self.undo = undo
    }

    /// Whether it runs outside a transaction.
    public var isConcurrent: Bool {
        switch form {
        case .statements: false
        case .concurrentBuild, .concurrentDrop, .concurrentDetach: true
        }
    }
}
