import Planning
import SchemaCore

/// How a cycle is broken where PostgreSQL can: a view that a function needs and that needs the
/// function is made twice, first with columns of NULL and then with its query, as pg_dump does;
/// and removed the same way, the other way round.
enum CycleSplit {
    /// The operations with one view of the cycle split in two; nil if there is none to split.
    static func split(
        _ operations: [Operation], cycle: [Int], _ context: PlanContext
    ) -> [Operation]? {
        for index in cycle.sorted() {
            let operation = operations[index]
            guard operation.subject.kind == .view, operation.sequence == nil else { continue }
            switch operation.verb {
            case "create":
                guard case .view(let view)? = context.desired[operation.subject]?.definition else {
                    continue
                }
                return replacing(operations, index, with: creation(operation, view, context))
            case "drop":
                guard case .view(let view)? = context.settled[operation.subject]?.definition else {
                    continue
                }
                return replacing(operations, index, with: removal(operation, view, context))
            default: continue
            }
        }
        return nil
    }

    private static func replacing(
        _ operations: [Operation], _ index: Int, with pair: [Operation]
    ) -> [Operation] {
        var out = operations
        out.replaceSubrange(index...index, with: pair)
        return out
    }

    private static func hollow(_ view: ViewDefinition) -> ViewDefinition {
        let columns = view.columns.map {
            "NULL::\(verbatim: VerbatimSQL($0.type)) AS \(name: $0.name)" as SQL
        }
        let query: SQL = "SELECT \(columns.joined(", "))"
        return ViewDefinition(
            query: VerbatimSQL(query.text(.postgreSQL)), columns: view.columns, options: [:])
    }

    private static func creation(
        _ operation: Operation, _ view: ViewDefinition, _ context: PlanContext
    ) -> [Operation] {
        let id = operation.subject
        let shell = PostgreSQLObject(id, .view(hollow(view)))
        var first = operation
        first.verb = "prepare"
        first.title = "Create \(id) with columns only"
        first.form = .statements([hollow(view).creation(id, replacing: false)])
        first.consumes = operation.consumes.filter { $0.kind != .function }
        first.touches = [Step.Touch(object: id, before: nil, after: shell.digest)]
        first.sequence = 0
        var second = operation
        second.title = "Give \(id) its query"
        if case .statements(var statements) = operation.form, !statements.isEmpty {
            statements[0] = view.creation(id, replacing: true)
            second.form = .statements(statements)
        }
        second.produces = operation.produces.subtracting([id])
        second.takes = []
        second.undo = context.exactly([hollow(view).creation(id, replacing: true)])
        second.sequence = 1
        second.touches = operation.touches.map {
            $0.object == id
                ? Step.Touch(object: id, before: shell.digest, after: $0.after) : $0
        }
        return [first, second]
    }

    private static func removal(
        _ operation: Operation, _ view: ViewDefinition, _ context: PlanContext
    ) -> [Operation] {
        let id = operation.subject
        let shell = PostgreSQLObject(id, .view(hollow(view)))
        var first = operation
        first.verb = "hollow"
        first.title = "Take \(id) its query"
        first.form = .statements([hollow(view).creation(id, replacing: true)])
        first.undo = context.exactly([view.creation(id, replacing: true)])
        first.destroys = []
        first.frees = []
        first.touches = [
            Step.Touch(object: id, before: context.settled[id]?.digest, after: shell.digest)
        ]
        first.sequence = 0
        var second = operation
        second.releases = operation.releases.filter { $0.kind != .function }
        second.sequence = 1
        second.touches = operation.touches.map {
            $0.object == id ? Step.Touch(object: id, before: shell.digest, after: nil) : $0
        }
        return [first, second]
    }
}
