import Planning
import SchemaCore

/// How a cycle is broken where PostgreSQL can: a view that a function needs and that needs the
/// function is made twice, first with columns of NULL and then with its query, as pg_dump does;
/// and removed the same way, the other way round. A table that a function reads and that calls it
/// in a check or a default loses these first.
enum CycleSplit {
    /// The operations with one of the cycle split; nil if there is none to split.
    static func split(
        _ operations: [Operation], cycle: [Int], _ context: PlanContext
    ) -> [Operation]? {
        for index in cycle.sorted() {
            let operation = operations[index]
            if operation.verb == "drop" {
                let others = Set(cycle.filter { $0 != index }.flatMap { operations[$0].destroys })
                let parts = parts(of: operation, leaningOn: others, context)
                if !parts.isEmpty { return replacing(operations, index, with: parts) }
            }
            guard operation.subject.kind == .view, operation.sequence == nil else { continue }
            switch operation.verb {
            case "create":
                guard case .view(let view)? = context.desired[operation.subject]?.definition else {
                    continue
                }
                return replacing(operations, index, with: creation(operation, view, context))
            case "drop":
                guard case .view(let view)? = context.leaving(operation.subject)?.definition else {
                    continue
                }
                return replacing(operations, index, with: removal(operation, view, context))
            default: continue
            }
        }
        return nil
    }

    private static func replacing(
        _ operations: [Operation], _ index: Int, with parts: [Operation]
    ) -> [Operation] {
        var out = operations
        out.replaceSubrange(index...index, with: parts)
        return out
    }

    /// The removal of those children by themselves that lean on what leaves as well, and then of
    /// the rest; none where there are no such children.
    private static func parts(
        of operation: Operation, leaningOn others: Set<ObjectID>, _ context: PlanContext
    ) -> [Operation] {
        guard let object = context.leaving(operation.subject) else { return [] }
        var rest = operation.destroys.subtracting([object.id]).sorted()
            .compactMap { context.leaving($0) }
        let leaning = Set(
            rest.filter { $0.id.subject == nil && !$0.dependencies.isDisjoint(with: others) }
                .map(\.id))
        func isBelow(_ child: PostgreSQLObject, _ ids: Set<ObjectID>) -> Bool {
            var parent = child.parent
            while let id = parent {
                if ids.contains(id) { return true }
                parent = context.leaving(id)?.parent
            }
            return false
        }
        let heads = rest.filter { leaning.contains($0.id) && !isBelow($0, leaning) }
        guard !heads.isEmpty else { return [] }
        rest.removeAll { leaning.contains($0.id) || isBelow($0, leaning) }
        return heads.map { head in
            let below = operation.destroys.sorted().compactMap { context.leaving($0) }
                .filter { isBelow($0, [head.id]) }
            return context.removal(of: head, implied: below, isRecreation: false)
        } + [
            context.removal(
                of: object, implied: rest, isRecreation: context.desired[object.id] != nil)
        ]
    }

    private static func creation(
        _ operation: Operation, _ view: ViewDefinition, _ context: PlanContext
    ) -> [Operation] {
        let id = operation.subject
        let shell = PostgreSQLObject(id, .view(view.hollow))
        var first = operation
        first.verb = "prepare"
        first.title = "Create \(id) with columns only"
        first.form = .statements([view.hollow.creation(id, replacing: false)])
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
        second.undo = context.exactly([view.hollow.creation(id, replacing: true)])
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
        let shell = PostgreSQLObject(id, .view(view.hollow))
        var first = operation
        first.verb = "hollow"
        first.title = "Take \(id) its query"
        first.form = .statements([view.hollow.creation(id, replacing: true)])
        first.undo = context.exactly([view.creation(id, replacing: true)])
        first.destroys = []
        first.frees = []
        first.touches = [
            Step.Touch(object: id, before: context.leaving(id)?.digest, after: shell.digest)
        ]
        // A view that comes back is split there, too, and comes later.
        first.sequence = -2
        var second = operation
        second.releases = operation.releases.filter { $0.kind != .function }
        second.sequence = -1
        second.touches = operation.touches.map {
            $0.object == id ? Step.Touch(object: id, before: shell.digest, after: nil) : $0
        }
        return [first, second]
    }
}

extension ViewDefinition {
    /// The same columns of NULL, for the time in which the query cannot be.
    var hollow: ViewDefinition {
        let list = columns.map {
            "NULL::\(verbatim: VerbatimSQL($0.type)) AS \(name: $0.name)" as SQL
        }
        let query: SQL = "SELECT \(list.joined(", "))"
        return ViewDefinition(
            query: VerbatimSQL(query.text(.postgreSQL)), columns: columns, options: [:])
    }
}

/// Changes that need each other in a circle.
struct Circle: Error {
    /// What they change.
    let subjects: Set<ObjectID>
    /// What is said where nothing opens it.
    let diagnostic: Diagnostic

    init(of operations: [Operation]) {
        subjects = Set(operations.map(\.subject))
        diagnostic = .error(
            "dependency-cycle",
            "the changes need each other in a circle: "
                + operations.map(\.title).joined(separator: " → "),
            help: "make one of these changes first, in a commit of its own")
    }
}
