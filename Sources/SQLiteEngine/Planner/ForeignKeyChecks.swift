// Owns step 10 of a rebuild (<https://sqlite.org/lang_altertable.html>, section 7) for foreign
// keys. Invariant: a table is looked at when nothing more happens to it or to what it refers to.

internal import Planning
internal import SchemaCore

/// The foreign keys that a plan could have broken, looked at by the plan itself.
struct ForeignKeyChecks {
    private let context: PlanContext
    /// The tables that are rebuilt.
    private let rebuilt: Set<ObjectID>
    private var rows: [ObjectID: RowChanges] { context.rows }

    init(context: PlanContext, rebuilt: Set<ObjectID>) {
        self.context = context
        self.rebuilt = rebuilt
    }

    /// Adds the checks and their probes to the last operations that they are about.
    func add(to operations: inout [Operation]) {
        var tables: [ObjectID: Set<ObjectID>] = [:]
        var keys: [ObjectID: [(SQLiteObject, ConstraintDefinition.ForeignKey)]] = [:]
        for object in context.desired.sorted {
            guard case .constraint(let constraint) = object.definition,
                case .foreignKey(let key) = constraint.rule, let table = object.parent,
                context.settled[table] != nil || rows[table] != nil
            else { continue }
            let isNew = context.changes[object.id] != nil && rebuilt.contains(table)
            let other = ObjectID.table(key.table)
            let isBroken =
                rows[table]?.mayRefer(by: key.columns) == true
                || rows[other]?.mayLeave(key.referencedColumns) == true
            guard isNew || isBroken || !rebuilt.isDisjoint(with: [table, other]) else { continue }
            tables[table, default: [table]].insert(other)
            keys[table, default: []].append((object, key))
        }
        for (table, about) in tables.sorted(by: { $0.key < $1.key }) {
            let last = operations.lastIndex { operation in
                !about.isDisjoint(with: operation.produces)
                    || !about.isDisjoint(with: operation.destroys)
                    || operation.subject.kind == .data
                        && about.contains(.table(operation.subject.path[0]))
            }
            guard let last, case .table(let definition)? = context.desired[table]?.definition,
                case .statements(let statements) = operations[last].form
            else { continue }
            operations[last].form = .statements(statements + [Self.check(definition.name)])
            operations[last].effects.scans.append(table)
            for (object, key) in keys[table] ?? [] {
                guard let questions = context.questions(table) else { continue }
                operations[last].probes.append(questions.orphans(key, object.id.description))
            }
        }
    }

    /// Each row of its answer is a complaint; what the rows hold is not told.
    private static func check(_ table: String) -> SQL {
        """
        SELECT 'a row of ' || "table" || ' refers to no row of ' || parent \
        AS \(SQLiteSession.problem) FROM pragma_foreign_key_check(\(literal: table))
        """
    }
}
