// Owns how objects become pieces of a build: whole tables first, since one statement is faster than
// twenty; taken apart where they fail.

import SchemaCore

/// Makes units of objects.
struct ScratchUnits {
    /// The project's path, behind the object's own schema; nil for an empty path, with which the
    /// server's own print is read back as it was meant.
    let searchPath: [String]?
    let isEnvironment: Bool
    private let objects: [PostgreSQLObject]
    private let tables: Set<ObjectID>
    /// Columns, defaults and constraints by table.
    private let parts: [ObjectID: [PostgreSQLObject]]
    private let functionNames: Set<String>

    init(
        _ objects: [PostgreSQLObject], searchPath: [String]?, isEnvironment: Bool = false
    ) {
        self.searchPath = searchPath
        self.isEnvironment = isEnvironment
        self.objects = objects
        tables = Set(objects.lazy.filter { $0.id.kind == .table }.map(\.id))
        var parts: [ObjectID: [PostgreSQLObject]] = [:]
        var names: Set<String> = []
        for object in objects {
            switch object.definition {
            case .column, .columnDefault, .constraint:
                parts[object.table, default: []].append(object)
            case .function: names.insert(object.id.path[1].lowercased())
            case .schema, .extension, .table, .index, .enum, .sequence, .view, .comment, .plain:
                break
            }
        }
        self.parts = parts
        functionNames = names
    }

    /// All units in the order in which to try them.
    func ordered() -> [ScratchUnit] {
        var units: [ScratchUnit] = []
        units.reserveCapacity(objects.count)
        for object in objects where object.id.kind != .derivedColumn {
            switch object.definition {
            case .table: units += tableUnits(object)
            case .column, .columnDefault:
                if !tables.contains(object.table) { units.append(single(object)) }
            case .constraint(let constraint):
                if !tables.contains(object.table) || constraint.scratchRank == .foreignKey {
                    units.append(single(object))
                }
            case .sequence(let sequence):
                units.append(single(object))
                if sequence.ownedBy != nil {
                    units.append(unit([object], [sequence.ownership(object.id)], .ownership))
                }
            case .view(let view):
                var whole = single(object)
                whole.fallback = .cycle { halves(of: object, view) }
                units.append(whole)
            case .plain(let plain):
                units.append(single(object))
                let rest = plain.kind.scratchCompletion(object.id)
                if !rest.isEmpty { units.append(unit([object], rest, .operator)) }
            case .schema, .extension, .index, .enum, .function, .comment:
                units.append(single(object))
            }
        }
        return ScratchOrder.sorted(units + derivedColumns())
    }

    /// What is said of derived columns: what is above first, since it goes down.
    private func derivedColumns() -> [ScratchUnit] {
        let own = objects.filter { $0.id.kind == .derivedColumn }
        if own.isEmpty { return [] }
        let tables = Dictionary(
            objects.filter { $0.id.kind == .table }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        func depth(_ id: ObjectID, _ limit: Int = 32) -> Int {
            guard limit > 0, let parents = tables[id]?.parentTables else { return 0 }
            return parents.map { depth($0, limit - 1) + 1 }.max() ?? 0
        }
        return own.map { (depth($0.table), $0) }.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }
            .map { single($0.1) }
    }

    /// The table with its columns, then each of the rest by itself.
    private func pieces(_ made: [PostgreSQLObject]) -> [ScratchUnit] {
        let rest = made.dropFirst().filter { $0.id.kind != .column }
        return [plainTable(made[0])] + rest.map(single)
    }

    /// A view without columns, but for those that its manifest gives types, and then what it shows,
    /// so that a function can come between that takes or gives its rows. The planner, which knows
    /// the columns, does the same (`CycleSplit`).
    private func halves(of object: PostgreSQLObject, _ view: ViewDefinition) -> [ScratchUnit] {
        let isTyped = !view.columns.isEmpty && view.columns.allSatisfy { !$0.type.isEmpty }
        let hollow = isTyped ? view.hollow : ViewDefinition(query: VerbatimSQL("SELECT"))
        return [
            hollow.creation(object.id, replacing: false),
            view.creation(object.id, replacing: true),
        ].map { unit([object], [$0], .view) }
    }

    /// An object by itself.
    private func single(_ object: PostgreSQLObject) -> ScratchUnit {
        unit([object], object.scratchCreation, object.definition.scratchRank)
    }

    private func unit(
        _ objects: [PostgreSQLObject], _ statements: [SQL], _ rank: ScratchUnit.Rank
    ) -> ScratchUnit {
        var path: [String] = []
        // What runs in a target as it is written finds names there as it does here.
        if let searchPath, objects[0].id.kind != .statement {
            let own = objects[0].ownSchema.map { [$0] } ?? []
            path = own + searchPath.filter { !own.contains($0) }
        }
        return ScratchUnit(
            objects: objects, statements: statements.map { $0.rendered(.postgreSQL) },
            searchPath: path, rank: rank, isEnvironment: isEnvironment)
    }

    /// The table with its columns, defaults and constraints; foreign keys are always apart.
    private func tableUnits(_ table: PostgreSQLObject) -> [ScratchUnit] {
        guard case .table(let definition) = table.definition else { return [] }
        var defaults: [[String]: PostgreSQLObject] = [:]
        var constraints: [PostgreSQLObject] = []
        for part in parts[table.id] ?? [] {
            switch part.definition {
            case .columnDefault: defaults[part.id.path] = part
            case .constraint(let constraint) where constraint.scratchRank != .foreignKey:
                constraints.append(part)
            default: break
            }
        }
        var elements = table.notNullElements
        var completion: [SQL] = []
        var made = [table]
        for column in columns(of: table) {
            guard case .column(let definition) = column.definition else { continue }
            var expression: VerbatimSQL?
            if let found = defaults[column.id.path],
                case .columnDefault(let value) = found.definition
            {
                expression = value.expression
                made.append(found)
            }
            made.append(column)
            elements.append(
                definition.clause(
                    name: column.id.name, default: expression, notNull: column.givenNotNullName,
                    inheritsNotNull: column.inheritsNotNull))
            completion += definition.notNullCompletion(column.id, column.givenNotNullName)
        }
        var apart: [PostgreSQLObject] = []
        for constraint in constraints {
            guard case .constraint(let definition) = constraint.definition else { continue }
            // A check that comes with its table is valid, whatever it says.
            if definition.isTwin(ofOneAmong: made) || !definition.isValidated {
                apart.append(constraint)
                continue
            }
            elements.append(definition.clause(name: constraint.givenName))
            made.append(constraint)
        }
        var whole = unit(
            made, [definition.creation(table.id, elements: elements)] + completion, .table)
        whole.fallback = .now { [made] in pieces(made) }
        if hasGenerated(made) {
            // A column cannot be generated later without losing its place.
            whole.rank = .generatedTable
        } else if !functionNames.isEmpty, made.count > 1,
            !functionNames.isDisjoint(with: ScratchOrder.words(of: whole))
        {
            // What may use a declared function comes after all functions, so that overloads are
            // all there when one is chosen, and the functions may use the table.
            return pieces(made + apart)
        }
        return [whole] + apart.map(single)
    }

    /// The table with its columns and nothing else.
    private func plainTable(_ table: PostgreSQLObject) -> ScratchUnit {
        guard case .table(let definition) = table.definition else { return single(table) }
        let columns = columns(of: table)
        var elements = table.notNullElements
        var completion: [SQL] = []
        for column in columns {
            guard case .column(let definition) = column.definition else { continue }
            let name = column.givenNotNullName
            elements.append(
                definition.clause(
                    name: column.id.name, notNull: name, inheritsNotNull: column.inheritsNotNull))
            completion += definition.notNullCompletion(column.id, name)
        }
        var plain = unit(
            [table] + columns,
            [definition.creation(table.id, elements: elements)] + completion, .table)
        if hasGenerated(columns) { plain.rank = .generatedTable }
        plain.fallback = .last { [bareTable(table)] + columns.map(single) }
        return plain
    }

    private func bareTable(_ table: PostgreSQLObject) -> ScratchUnit {
        guard case .table(let definition) = table.definition else { return single(table) }
        return unit([table], [definition.creation(table.id, elements: [])], .table)
    }

    private func columns(of table: PostgreSQLObject) -> [PostgreSQLObject] {
        (parts[table.id] ?? []).filter { $0.id.kind == .column }
            .sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    private func hasGenerated(_ objects: [PostgreSQLObject]) -> Bool {
        objects.contains { object in
            if case .column(let column) = object.definition { return column.generated != nil }
            return false
        }
    }
}

extension PostgreSQLObject {
    /// For what stands in a table by its path: the table.
    fileprivate var table: ObjectID { .table(id.path[0], id.path[1]) }

    /// The statements that make it in a scratch database.
    fileprivate var scratchCreation: [SQL] {
        if case .plain(let plain) = definition { return plain.kind.scratchCreation(id) }
        return creation
    }

    /// The schema in which its own names are looked up first.
    var ownSchema: String? {
        let carrier = id.subject ?? id
        if carrier.kind == .columnDefault { return id.path[0] }
        return carrier.words?.isInSchema == true ? carrier.path[0] : nil
    }
}
