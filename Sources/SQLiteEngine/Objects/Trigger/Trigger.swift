internal import SchemaCore

/// A trigger, which SQLite runs for each row.
public struct TriggerDefinition: Hashable, Codable, Sendable {
    /// When it runs.
    public enum Time: String, Codable, Sendable, CaseIterable {
        /// Before the row changes: the standard, written or not.
        case before
        /// After the row has changed.
        case after
        /// Instead of changing a view.
        case insteadOf
    }
    /// What it runs for.
    public enum Event: String, Codable, Sendable, CaseIterable {
        case insert, update, delete
    }

    /// The name as it is spelled.
    public var name: String
    /// The name of its table or view as it is spelled there.
    public var table: String
    /// Whether `table` is a view.
    public var isOnView: Bool
    /// When it runs.
    public var time: Time
    /// What it runs for.
    public var event: Event
    /// The columns of `UPDATE OF`, as they are declared; empty for any.
    public var columns: [String]
    /// The condition, without outer parentheses.
    public var condition: ComparableSQL?
    /// The statements between `BEGIN` and `END`, each with its semicolon.
    public var body: ComparableSQL

    /// Makes the definition.
    public init(
        name: String, table: String, isOnView: Bool = false, time: Time = .before, event: Event,
        columns: [String] = [], condition: ComparableSQL? = nil, body: ComparableSQL
    ) {
        self.name = name
        self.table = table
        self.isOnView = isOnView
        self.time = time
        self.event = event
        self.columns = columns
        self.condition = condition
        self.body = body
    }

    /// What it belongs to.
    var target: ObjectID { isOnView ? .view(table) : .table(table) }
}
