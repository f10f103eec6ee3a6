// Owns what becomes of a table that is attached to another or detached from it. Invariant: it is
// done before all other changes, so that these are found as in any other table: what a partition
// has from its parent is no object, and is one again when it stands alone.

import SchemaCore

/// Moves tables below others, and away from them, in a catalog.
struct Reparenting {
    private(set) var catalog: Catalog<PostgreSQLObject>
    private let desired: Catalog<PostgreSQLObject>
    private let namesNotNulls: Bool
    /// The columns that became their table's own, and those that are had from above now.
    private var changedColumns: Set<ObjectID> = []
    private var index: TablePartIndex

    /// Moves all that are to have other tables above them, as far as the server can.
    ///
    /// - Parameter namesNotNulls: whether NOT NULL constraints have names.
    init(
        _ settled: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>,
        namesNotNulls: Bool
    ) {
        catalog = settled
        index = TablePartIndex(settled)
        self.namesNotNulls = namesNotNulls
        self.desired = desired
        for object in settled.sorted {
            guard case .table(let from) = object.definition,
                case .table(let to)? = desired[object.id]?.definition, from.origin != to.origin,
                from.partitionKey == to.partitionKey
            else { continue }
            move(object.id, from, to)
        }
        catalog = RedirectedColumns(changedColumns, from: settled, to: catalog).catalog
    }

    private var derivation: Derivation { Derivation(catalog, index) }

    private mutating func insert(_ object: PostgreSQLObject) {
        catalog.insert(object)
        index.insert(object)
    }

    private mutating func move(
        _ id: ObjectID, _ from: TableDefinition, _ to: TableDefinition
    ) {
        let parents = to.parents(in: id.path[0])
        guard parents.allSatisfy({ catalog[$0] != nil }) else { return }
        switch (from.origin, to.origin) {
        case (nil, .partition?):
            if catalog[parents[0]]?.isPartitioned == true { attach(id, to, below: parents[0]) }
        case (.partition?, .partition?):
            if catalog[parents[0]]?.isPartitioned == true { setOrigin(of: id, to.origin) }
        case (.partition?, nil): detach(id)
        case (.inheritance?, nil), (nil, .inheritance?), (.inheritance?, .inheritance?):
            reinherit(id, from, to)
        case (.type?, _), (_, .type?), (nil, nil), (.partition?, .inheritance?),
            (.inheritance?, .partition?):
            break
        }
    }

    // MARK: - Partitions

    private mutating func attach(_ id: ObjectID, _ to: TableDefinition, below parent: ObjectID) {
        let above = derivation.parts(of: parent)
        let own = derivation.parts(of: id)
        guard Self.haveSameColumns(own, above), Self.haveNoOtherChecks(own, above) else { return }
        var names: [String: String] = [:]
        var rest = own
        for part in above {
            guard let twin = rest.first(where: { $0.isTwin(below: part) }) else { continue }
            names[part.id.name] = twin.id.name
            rest.removeAll { $0.id == twin.id }
            remove(twin)
        }
        for column in own where column.id.kind == .column {
            derive(column, from: above)
        }
        setOrigin(of: id, to.origin)
        catalog[id]?.partition = PartitionFacts(names: names)
    }

    /// A column that is its parent's from now on, with what it has besides.
    private mutating func derive(_ column: PostgreSQLObject, from above: [PostgreSQLObject]) {
        let path = column.id.path
        func expression(_ object: PostgreSQLObject?) -> VerbatimSQL? {
            guard case .columnDefault(let value)? = object?.definition else { return nil }
            return value.expression
        }
        let parent = above.first { $0.id.kind == .column && $0.id.name == column.id.name }
        let own = catalog[ObjectID(.columnDefault, path)]
        let inherited = expression(
            above.first { $0.id.kind == .columnDefault && $0.id.name == column.id.name })
        let fallback = expression(own)
        catalog[column.id] = nil
        changedColumns.insert(column.id)
        catalog[ObjectID(.columnDefault, path)] = nil
        settings(of: column.id, areDerived: true)
        guard case .column(let definition) = column.definition,
            case .column(let definitionAbove)? = parent?.definition
        else { return }
        let isOther = fallback != inherited
        let isStricter = definition.isNotNull && !definitionAbove.passesNotNull
        guard isOther || isStricter else { return }
        let table = ObjectID.table(path[0], path[1])
        insert(
            PostgreSQLObject(
                ObjectID(.derivedColumn, path),
                .plain(
                    .derivedColumn(
                        DerivedColumnDefinition(
                            isNotNull: isStricter,
                            fallback: isOther ? fallback ?? DerivedColumnDefinition.none : nil,
                            inherited: isOther ? inherited : nil))),
                dependencies: [table, .schema(path[0])]))
    }

    private mutating func detach(_ id: ObjectID) {
        let whole = named(derivation.parts(of: id), in: id)
        guard whole.allSatisfy({ $0.hasSameType(as: desired[$0.id]) }) else { return }
        setOrigin(of: id, nil)
        catalog[id]?.notNullNames = [:]
        catalog[id]?.partition = nil
        own(whole, id)
    }

    // MARK: - Inheritance

    private mutating func reinherit(
        _ id: ObjectID, _ from: TableDefinition, _ to: TableDefinition
    ) {
        let old = from.parents(in: id.path[0])
        let new = to.parents(in: id.path[0])
        let added = new.filter { !old.contains($0) }
        guard old.filter(new.contains) + added == new else { return }
        let whole = named(derivation.parts(of: id), in: id)
        for parent in added where !canInherit(whole, derivation.parts(of: parent)) {
            return
        }
        setOrigin(of: id, to.origin)
        let derived = Set(derivation.inherited(by: id).map(\.id))
        own(whole.filter { !derived.contains($0.id) }, id)
    }

    /// Whether a table has all that a parent asks for, and is to keep it as its own.
    private func canInherit(_ own: [PostgreSQLObject], _ above: [PostgreSQLObject]) -> Bool {
        guard Self.haveSameColumns(own, above, mayHaveMore: true),
            Self.haveNoOtherChecks(own, above)
        else { return false }
        return above.allSatisfy { part in
            let twin = own.first { $0.id.kind == part.id.kind && $0.id.name == part.id.name }
            if case .column(let column) = part.definition {
                guard let twin, case .column(let mine) = twin.definition else { return false }
                return (mine.isNotNull || !column.passesNotNull)
                    && (catalog[twin.id] == nil || desired[twin.id] != nil)
            }
            if case .constraint(let constraint) = part.definition {
                return !constraint.isInheritedCheck || twin != nil
            }
            return true
        }
    }

    // MARK: - Names of NOT NULL constraints

    /// Columns with the names that their constraints keep when the table stands alone.
    private func named(_ parts: [PostgreSQLObject], in id: ObjectID) -> [PostgreSQLObject] {
        guard namesNotNulls else { return parts }
        return parts.map { part in
            guard case .column(var column) = part.definition, column.isNotNull,
                catalog[part.id] == nil, let name = notNullName(part.id.name, in: id),
                name != NotNullName.of(part.id)
            else { return part }
            if !NotNullName.isDefault(name, table: id.name, column: part.id.name) {
                column.notNull = NotNullDefinition(name: name)
            }
            var out = PostgreSQLObject(
                part.id, .column(column), dependencies: part.dependencies,
                position: part.position)
            out.notNullName = name
            return out
        }
    }

    /// What a table's NOT NULL constraint is called, be the column its own or not.
    private func notNullName(_ column: String, in table: ObjectID) -> String? {
        if let name = catalog[table]?.notNullNames[column] { return name }
        let id = ObjectID.column(table.path[0], table.name, column)
        if case .column(let own)? = catalog[id]?.definition {
            return own.hasNotNull ? catalog[id]?.notNullName ?? NotNullName.of(id) : nil
        }
        for parent in catalog[table]?.parentTables ?? [] {
            if let name = notNullName(column, in: parent) { return name }
        }
        return NotNullName.of(id)
    }

    // MARK: - Parts

    /// Makes what a table had from above its own.
    private mutating func own(_ parts: [PostgreSQLObject], _ id: ObjectID) {
        for part in parts where catalog[part.id] == nil {
            insert(part)
            guard part.id.kind == .column else { continue }
            changedColumns.insert(part.id)
            catalog[ObjectID(.derivedColumn, part.id.path)] = nil
            settings(of: part.id, areDerived: false)
        }
    }

    private mutating func settings(of column: ObjectID, areDerived: Bool) {
        let id = ObjectID(.columnSettings, column.path)
        guard let object = catalog[id],
            case .plain(.columnSettings(var settings)) = object.definition
        else { return }
        settings.isDerived = areDerived
        catalog.insert(
            PostgreSQLObject(
                id, .plain(.columnSettings(settings)),
                dependencies: object.dependencies.subtracting([column])
                    .union(areDerived ? [] : [column])))
    }

    private mutating func remove(_ object: PostgreSQLObject) {
        catalog[object.id] = nil
        catalog[object.id.comment] = nil
    }

    private mutating func setOrigin(of id: ObjectID, _ origin: TableDefinition.Origin?) {
        guard let object = catalog[id], case .table(var table) = object.definition else { return }
        let old = Set(table.parents(in: id.path[0]))
        table.origin = origin
        var moved = PostgreSQLObject(
            id, .table(table),
            dependencies: object.dependencies.subtracting(old)
                .union(table.parents(in: id.path[0])),
            position: object.position, span: object.span)
        moved.partition = object.partition
        moved.notNullNames = object.notNullNames
        catalog[id] = moved
    }

    /// Whether the columns are the same but for NULL, defaults and order.
    private static func haveSameColumns(
        _ own: [PostgreSQLObject], _ above: [PostgreSQLObject], mayHaveMore: Bool = false
    ) -> Bool {
        func columns(_ parts: [PostgreSQLObject]) -> [String: ColumnDefinition] {
            var out: [String: ColumnDefinition] = [:]
            for part in parts {
                if case .column(let column) = part.definition { out[part.id.name] = column }
            }
            return out
        }
        let mine = columns(own)
        let theirs = columns(above)
        return (mayHaveMore || mine.count == theirs.count)
            && theirs.allSatisfy { name, column in
                guard let found = mine[name] else { return false }
                return found.type == column.type && found.collation == column.collation
                    && found.generated == column.generated
                    && (mayHaveMore || found.identity == nil)
            }
    }

    /// Whether checks of one name are one check.
    private static func haveNoOtherChecks(
        _ own: [PostgreSQLObject], _ above: [PostgreSQLObject]
    ) -> Bool {
        above.allSatisfy { part in
            guard case .constraint(let check) = part.definition, check.isInheritedCheck,
                let mine = own.first(where: {
                    $0.id.kind == .constraint && $0.id.name == part.id.name
                })
            else { return true }
            return mine.isTwin(below: part)
        }
    }
}

/// What a table is made of, be it its own or had from above.
struct Derivation {
    private let catalog: Catalog<PostgreSQLObject>
    private let index: TablePartIndex

    /// - Parameter index: by default that of the catalog.
    init(_ catalog: Catalog<PostgreSQLObject>, _ index: TablePartIndex? = nil) {
        self.catalog = catalog
        self.index = index ?? TablePartIndex(catalog)
    }

    /// The columns, defaults, constraints and indexes that a table would have if it stood alone.
    func parts(of id: ObjectID) -> [PostgreSQLObject] {
        let own = index.parts(of: id, in: catalog).filter { $0.id.kind != .derivedColumn }
        let known = Set(own.map(\.id))
        return own + inherited(by: id).filter { !known.contains($0.id) }
    }

    /// What it has from above, as its own.
    func inherited(by id: ObjectID) -> [PostgreSQLObject] {
        guard let table = catalog[id], case .table(let definition) = table.definition else {
            return []
        }
        var out: [ObjectID: PostgreSQLObject] = [:]
        for parent in table.parentTables {
            for part in parts(of: parent) {
                guard let name = name(of: part, below: table, definition.isPartition) else {
                    continue
                }
                let moved = part.moved(to: id, name: name, from: parent)
                if out[moved.id] == nil { out[moved.id] = moved }
            }
        }
        for object in index.parts(of: id, in: catalog) {
            guard case .plain(.derivedColumn(let column)) = object.definition else { continue }
            apply(column, object.id.path, &out)
        }
        return out.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }

    /// What it is called below; nil for what stays above.
    private func name(
        of part: PostgreSQLObject, below table: PostgreSQLObject, _ isPartition: Bool
    ) -> String? {
        if case .constraint(let constraint) = part.definition, case .check = constraint.rule {
            return constraint.isInheritedCheck ? part.id.name : nil
        }
        guard part.id.kind == .index || part.id.kind == .constraint else { return part.id.name }
        return isPartition ? table.partition?.names[part.id.name] : nil
    }

    private func apply(
        _ column: DerivedColumnDefinition, _ path: [String],
        _ parts: inout [ObjectID: PostgreSQLObject]
    ) {
        let id = ObjectID(.column, path)
        if column.isNotNull, let object = parts[id], case .column(var whole) = object.definition {
            whole.isNotNull = true
            parts[id] = PostgreSQLObject(
                id, .column(whole), dependencies: object.dependencies, position: object.position)
        }
        guard let fallback = column.fallback else { return }
        let value = ObjectID(.columnDefault, path)
        parts[value] =
            fallback == DerivedColumnDefinition.none
            ? nil
            : PostgreSQLObject(
                value, .columnDefault(DefaultDefinition(expression: fallback)),
                dependencies: [id, .table(path[0], path[1]), .schema(path[0])])
    }
}

extension ConstraintDefinition {
    /// Whether it is a check that tables below have as well.
    var isInheritedCheck: Bool {
        if case .check(let check) = rule { return !check.noInherit }
        return false
    }
}

extension PostgreSQLObject {
    /// The same as a part of another table.
    fileprivate func moved(
        to table: ObjectID, name: String, from parent: ObjectID
    ) -> PostgreSQLObject {
        var definition = definition
        var moved = ObjectID(id.kind, table.path + [name])
        if case .index(var index) = definition {
            index.table = table.name
            definition = .index(index)
            moved = .index(table.path[0], name)
        }
        if case .column(var column) = definition {
            column.identity = nil
            column.isNotNull = column.passesNotNull
            column.notNull = nil
            definition = .column(column)
        }
        var needs: Set<ObjectID> = [table, .schema(table.path[0])]
        for need in dependencies where need != parent {
            let isInside = need.path.count > 2 && need.path.starts(with: parent.path)
            needs.insert(isInside ? ObjectID(need.kind, table.path + need.path.dropFirst(2)) : need)
        }
        return PostgreSQLObject(moved, definition, dependencies: needs, position: position)
    }

    /// Whether the server takes it for what a parent's part asks for, and so for a part of that.
    fileprivate func isTwin(below part: PostgreSQLObject) -> Bool {
        if case .index(var own) = definition, case .index(let other) = part.definition {
            own.table = other.table
            return own.placed(like: other) == other
        }
        guard case .constraint(let own) = definition, case .constraint(let other) = part.definition
        else { return false }
        if case .check = other.rule {
            return other.isInheritedCheck && own.rule == other.rule && id.name == part.id.name
        }
        return own.withIndexOptions([:]) == other.withIndexOptions([:])
    }
}
