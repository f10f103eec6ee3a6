// Owns step 10 of a rebuild (<https://sqlite.org/lang_altertable.html>, section 7) for foreign
// keys. Invariants: a table is looked at when nothing more happens to it or to what it refers to;
// what was wrong before is nobody's failure, since SQLite lets rows stand that refer to nothing.

internal import Manifest
internal import Planning
internal import SchemaCore

/// The foreign keys that a plan could have broken, looked at by the plan itself.
struct ForeignKeyChecks {
    private typealias Key = (object: SQLiteObject, key: ConstraintDefinition.ForeignKey)

    /// What is looked at in one table.
    private struct Subject {
        /// The table and those to which it refers.
        var about: Set<ObjectID>
        var keys: [Key] = []
    }

    private let context: PlanContext
    /// The tables that are rebuilt.
    private let rebuilt: Set<ObjectID>
    private var rows: [ObjectID: RowChanges] { context.rows }

    init(context: PlanContext, rebuilt: Set<ObjectID>) {
        self.context = context
        self.rebuilt = rebuilt
    }

    /// Adds the checks and their probes to the last operations that they are about, and before all
    /// others the taking down of what is wrong already: on the way there may be keys that SQLite
    /// cannot look at.
    func add(to operations: inout [Operation]) {
        let subjects = subjects()
        if subjects.isEmpty { return }
        let before = ManifestFacts(context.settled.sorted)
        var known: [String] = []
        var end = 0
        for (table, subject) in subjects.sorted(by: { $0.key < $1.key }) {
            let places = operations.indices.filter { concerns(operations[$0], subject.about) }
            guard let last = places.last,
                case .table(let definition)? = context.desired[table]?.definition
            else { continue }
            let isKnown =
                context.settled[table] != nil
                && Self.canBeAsked(context.oldChildren(of: table), before)
            if isKnown {
                known.append(definition.name)
                end = max(end, last)
            }
            append([Self.check(definition.name, isKnown: isKnown)], to: &operations[last])
            operations[last].effects.scans.append(table)
            guard let questions = context.questions(table) else { continue }
            operations[last].probes += subject.keys.map { item in
                questions.orphans(
                    item.key, item.object.id.description,
                    known: former(item.key, of: table))
            }
        }
        if known.isEmpty { return }
        if case .statements(let statements) = operations[0].form {
            operations[0].form = .statements([Self.note(known)] + statements)
        }
        append(["DROP TABLE temp.\(Self.notes)"], to: &operations[end])
    }

    /// The tables with keys that the plan may break, and that SQLite can look at.
    private func subjects() -> [ObjectID: Subject] {
        var subjects: [ObjectID: Subject] = [:]
        for object in context.desired.sorted {
            guard let key = Self.key(object), let table = object.parent,
                context.settled[table] != nil || rows[table] != nil,
                context.desired[.table(key.table)] != nil
            else { continue }
            let other = ObjectID.table(key.table)
            let isNew = context.changes[object.id] != nil && rebuilt.contains(table)
            let isBroken =
                rows[table]?.mayRefer(by: key.columns) == true
                || rows[other]?.mayLeave(key.referencedColumns) == true
            let isCopied =
                changes(key.columns, of: table) || changes(key.referencedColumns, of: other)
            guard isNew || isBroken || isCopied else { continue }
            subjects[table, default: Subject(about: [table])].about.insert(other)
            subjects[table]?.keys.append((object, key))
        }
        if subjects.isEmpty { return [:] }
        let facts = ManifestFacts(context.desired.sorted)
        return subjects.filter { Self.canBeAsked(context.newChildren(of: $0.key), facts) }
    }

    /// Whether a rebuild may make other values of these columns: what keeps its type and keys is
    /// copied as it is.
    private func changes(_ columns: [String], of table: ObjectID) -> Bool {
        guard rebuilt.contains(table) else { return false }
        let parts = Set(columns.map { ObjectID.column(table.name, $0) })
        return context.changes[table] != nil
            || context.changes.values.contains { change in
                switch change {
                case .create(let object), .drop(let object), .alter(let object, _):
                    guard case .constraint(let constraint) = object.definition,
                        !constraint.isForeignKey
                    else { return parts.contains(object.id) }
                    return !parts.isDisjoint(with: object.dependencies)
                }
            }
    }

    /// Whether SQLite can look at a table's keys: it stops at one that refers to columns that are
    /// not unique together (`sqlite3FkLocateIndex`), as manifests may leave it.
    private static func canBeAsked(
        _ children: [SQLiteObject], _ facts: ManifestFacts
    ) -> Bool {
        children.compactMap(key).allSatisfy { key in
            facts.relations[.table(key.table)] == nil || key.isFound(facts)
        }
    }

    /// The key as it is before: the one of the same columns to the same table, by whatever name.
    private func former(
        _ key: ConstraintDefinition.ForeignKey, of table: ObjectID
    ) -> ConstraintDefinition.ForeignKey? {
        func identity(_ key: ConstraintDefinition.ForeignKey) -> [String] {
            (key.columns + [key.table]).map(\.asciiFolded)
        }
        return context.oldChildren(of: table).lazy.compactMap(Self.key)
            .first { identity($0) == identity(key) }
    }

    private static func key(_ object: SQLiteObject?) -> ConstraintDefinition.ForeignKey? {
        guard case .constraint(let constraint)? = object?.definition,
            case .foreignKey(let key) = constraint.rule
        else { return nil }
        return key
    }

    private func concerns(_ operation: Operation, _ about: Set<ObjectID>) -> Bool {
        !about.isDisjoint(with: operation.produces) || !about.isDisjoint(with: operation.destroys)
            || operation.subject.kind == .data
                && about.contains(.table(operation.subject.path[0]))
    }

    private func append(_ more: [SQL], to operation: inout Operation) {
        if case .statements(let statements) = operation.form {
            operation.form = .statements(statements + more)
        }
    }

    // MARK: - Statements

    private static let notes: SQL = "lockstep_orphans"

    /// Takes down what is wrong before anything is done, key by key: what a key that goes lets
    /// stand excuses nothing of one that comes.
    private static func note(_ tables: [String]) -> SQL {
        let all = tables.map { table -> SQL in
            """
            SELECT \(literal: table) AS child, parent, \(columns(of: table)) AS "columns", \
            count(*) AS number FROM pragma_foreign_key_check(\(literal: table)) AS found \
            GROUP BY parent, fkid
            """
        }
        return "CREATE TEMP TABLE \(notes) AS \(all.joined(" UNION ALL "))"
    }

    /// Each row of its answer is a complaint; what the rows hold is not told. Rows are counted: a
    /// rebuild may give them other rowids.
    private static func check(_ table: String, isKnown: Bool) -> SQL {
        let known: SQL =
            isKnown
            ? """
             GROUP BY parent, fkid HAVING count(*) > (SELECT coalesce(sum(known.number), 0) \
            FROM temp.\(notes) AS known WHERE known.child = \(literal: table) \
            AND known.parent = found.parent COLLATE NOCASE \
            AND known."columns" = \(columns(of: table)) COLLATE NOCASE)
            """ : ""
        return """
            SELECT 'a row of ' || "table" || ' refers to no row of ' || parent \
            AS \(SQLiteSession.problem) \
            FROM pragma_foreign_key_check(\(literal: table)) AS found\(known)
            """
    }

    /// The columns of the key that a row of `found` breaks; SQLite numbers keys anew when a table
    /// is made anew.
    private static func columns(of table: String) -> SQL {
        """
        (SELECT json_group_array("from") FROM (SELECT "from" \
        FROM pragma_foreign_key_list(\(literal: table)) WHERE id = found.fkid ORDER BY seq))
        """
    }
}
