import Planning
import SchemaCore

/// What is asked of the order beside what operations use and leave: by tables above and below each
/// other, and by keys and publications of tables that are not crash-safe.
struct AskedOrder {
    private let request: PlanningRequest<PostgreSQLObject>
    private let context: PlanContext

    init(_ request: PlanningRequest<PostgreSQLObject>, _ context: PlanContext) {
        self.request = request
        self.context = context
    }

    /// The operations with that.
    func placed(_ operations: [Operation]) -> [Operation] {
        let columns = InheritedColumns(request).placed(operations, context.tree)
        let checks = InheritedChecks(request).placed(columns, context.tree)
        return LoggingOrder(context).placed(checks)
    }
}
