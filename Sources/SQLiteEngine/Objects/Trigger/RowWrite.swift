/// Something that a trigger does to rows.
public struct RowWrite: Hashable, Codable, Sendable {
    /// What it does.
    public var event: TriggerDefinition.Event
    /// The folded name of the table or view.
    public var table: String
    /// The folded name of the column that is updated; nil for what is done to whole rows.
    public var column: String?

    /// Makes the value.
    public init(_ event: TriggerDefinition.Event, _ table: String, column: String? = nil) {
        self.event = event
        self.table = table.asciiFolded
        self.column = column?.asciiFolded
    }

    var order: String { [table, event.rawValue, column ?? ""].joined(separator: "\n") }
}
