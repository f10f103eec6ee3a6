// Owns changing a random schema into another that a person could have wanted next.

extension WorldGenerator {
    /// Changes the world some times and takes out what lost its ground.
    mutating func mutate() -> World {
        let before = world
        if random.chance(10), let place = world.schemas.indices.randomElement(using: &random) {
            world.schemas[place].name = name(world.newID())
        }
        for _ in 0..<random.number(1...10) {
            mutateOnce()
            world.prune()
        }
        keepIdentities(of: before)
        return world
    }

    /// The server adds no identity column to a table that others inherit from, there or back.
    private mutating func keepIdentities(of before: World) {
        for place in world.tables.indices {
            let table = world.tables[place]
            guard let old = before.table(table.id),
                !(before.extras(.child, of: table.id) + world.extras(.child, of: table.id)).isEmpty
            else { continue }
            for column in old.columns where column.identity != nil {
                if table.column(column.id) == nil { world.tables[place].columns.append(column) }
            }
            for at in table.columns.indices where old.column(table.columns[at].id) == nil {
                world.tables[place].columns[at].identity = nil
            }
        }
    }

    private mutating func mutateOnce() {
        switch random.number(0...39) {
        case 0...6: changeTable()
        case 7...9: changeColumn()
        case 10: changeEnum()
        case 11: changeSequence()
        case 12: changeFunction()
        case 13, 14: changeView()
        case 15: removeSomething()
        case 16: addSomething()
        case 17: move()
        case 18: takeName()
        case 19: recomment()
        case 20, 21: changeRights()
        case 22...26: addExtra(random.pick(ExtraModel.Sort.allCases) ?? .domain)
        default: changeExtra()
        }
    }

    private mutating func anyTable() -> Int? { world.tables.indices.randomElement(using: &random) }

    private mutating func changeTable() {
        guard let place = anyTable() else { return }
        var table = world.tables[place]
        switch random.number(0...15) {
        case 14: world.tables[place].security = random.number(0...2)
        case 15: world.tables[place].replicaIdentity = random.pick([nil, "full", "nothing"]) ?? nil
        case 0: world.tables[place].name = name(world.newID())
        case 1: addColumn(to: place)
        case 2: removeColumn(from: place)
        case 3: world.tables[place].isUnlogged.toggle()
        case 4: world.tables[place].fillfactor = random.chance(50) ? nil : random.number(10...100)
        case 5: replacePrimaryKey(of: place)
        case 6: changeUnique(of: place)
        case 7:
            addCheck(to: &table)
            world.tables[place] = table
        case 8: changeCheck(of: place)
        case 9:
            addIndex(to: &table)
            world.tables[place] = table
        case 10: changeIndex(of: place)
        case 11: addForeignKeys(to: place)
        case 12: changeForeignKey(of: place)
        default:
            addGenerated(to: &table)
            world.tables[place] = table
        }
    }

    private mutating func addColumn(to place: Int) {
        var column = column()
        column.isNullable = column.isNullable || column.fallback == nil
        let end = world.tables[place].columns.count
        world.tables[place].columns.insert(column, at: random.number(0...end))
    }

    private mutating func removeColumn(from place: Int) {
        guard world.tables[place].columns.count > 1,
            let gone = world.tables[place].columns.indices.randomElement(using: &random)
        else { return }
        world.tables[place].columns.remove(at: gone)
    }

    private mutating func replacePrimaryKey(of place: Int) {
        let table = world.tables[place]
        world.tables[place].primaryKey =
            random.chance(30) ? nil : key(of: table, isPrimary: true)
        for column in world.tables[place].primaryKey?.columns ?? [] {
            if let at = table.columns.firstIndex(where: { $0.id == column }) {
                world.tables[place].columns[at].isNullable = false
            }
        }
    }

    private mutating func changeUnique(of place: Int) {
        let table = world.tables[place]
        guard let at = table.unique.indices.randomElement(using: &random) else {
            if let key = key(of: table, isPrimary: false) { world.tables[place].unique.append(key) }
            return
        }
        switch random.number(0...2) {
        case 0: world.tables[place].unique.remove(at: at)
        case 1: world.tables[place].unique[at].name = name(world.newID())
        default: world.tables[place].unique[at].deferral = random.number(0...2)
        }
    }

    private mutating func changeCheck(of place: Int) {
        let table = world.tables[place]
        guard let at = table.checks.indices.randomElement(using: &random) else { return }
        switch random.number(0...2) {
        case 0: world.tables[place].checks.remove(at: at)
        case 1: world.tables[place].checks[at].name = name(world.newID())
        default:
            guard let column = random.pick(table.columns.filter(\.isReal)) else { return }
            world.tables[place].checks[at].condition = condition(column.id, column.type.family)
        }
    }

    private mutating func changeIndex(of place: Int) {
        let table = world.tables[place]
        guard let at = table.indexes.indices.randomElement(using: &random) else { return }
        switch random.number(0...4) {
        case 0: world.tables[place].indexes.remove(at: at)
        case 1: world.tables[place].indexes[at].name = name(world.newID())
        case 2:
            guard table.indexes[at].method == "btree" else { return }
            world.tables[place].indexes[at].fillfactor = random.number(50...90)
        case 3:
            guard table.indexes[at].method == "btree" else { return }
            world.tables[place].indexes[at].elements[0].isDescending.toggle()
        default: world.tables[place].indexes[at].condition = nil
        }
    }

    private mutating func changeForeignKey(of place: Int) {
        let table = world.tables[place]
        guard let at = table.foreignKeys.indices.randomElement(using: &random) else { return }
        switch random.number(0...3) {
        case 0: world.tables[place].foreignKeys.remove(at: at)
        case 1: world.tables[place].foreignKeys[at].name = name(world.newID())
        case 2: world.tables[place].foreignKeys[at].onDelete = "cascade"
        default: world.tables[place].foreignKeys[at].deferral = random.number(0...2)
        }
    }

    private mutating func changeColumn() {
        guard let place = anyTable(),
            let at = world.tables[place].columns.indices.randomElement(using: &random)
        else { return }
        let column = world.tables[place].columns[at]
        let isKey = world.tables[place].primaryKey?.columns.contains(column.id) == true
        var new = column
        switch random.number(0...8) {
        case 0, 1: new.name = name(world.newID())
        case 2, 3: retype(&new)
        case 4:
            guard column.isWritten else { return }
            new.fallback = random.chance(30) ? nil : fallback(for: column.type)
        case 5:
            guard column.isWritten, !isKey else { return }
            new.isNullable.toggle()
        case 6: renumber(&new)
        case 7:
            guard column.type.family == .text, column.generated == nil else { return }
            new.collation = random.pick([nil, "C", "POSIX"]) ?? nil
        default:
            guard column.generated != nil else { return }
            new.generated = nil
            new.isStored = true
        }
        if new.identity != nil || new.type.isSerial { new.isNullable = false }
        world.tables[place].columns[at] = new
    }

    private mutating func retype(_ column: inout ColumnModel) {
        guard column.generated == nil, let type = type(after: column.type) else { return }
        if column.identity != nil || column.type.isSerial {
            guard type.family == .int, column.identity != nil else { return }
        }
        if type.family != column.type.family || type.family == .label { column.fallback = nil }
        if type.family != .text { column.collation = nil }
        column.type = type
    }

    /// Between plain, serial and identity.
    private mutating func renumber(_ column: inout ColumnModel) {
        guard column.type.family == .int, column.generated == nil else { return }
        let plain: [String: String] = ["serial": "integer", "bigserial": "bigint"]
        if let sql = plain[column.type.sql] {
            column.type.sql = sql
            if random.chance(60) { column.identity = "always" }
        } else if column.identity != nil {
            column.identity = random.chance(50) ? nil : "{ mode: byDefault, increment: 2 }"
        } else {
            column.fallback = nil
            if random.chance(70) {
                column.identity = random.pick(["always", "byDefault"])
            } else {
                column.type.sql = column.type.sql == "bigint" ? "bigserial" : "serial"
            }
        }
    }

    private mutating func changeEnum() {
        guard let place = world.enums.indices.randomElement(using: &random) else {
            return addEnum()
        }
        let labels = world.enums[place].labels
        switch random.number(0...4) {
        case 0, 1:
            let id = world.newID()
            world.enums[place].labels.insert(
                .init(id: id, name: name(id)), at: random.number(0...labels.count))
        case 2:
            guard let gone = labels.indices.dropFirst().randomElement(using: &random) else {
                return
            }
            // Rows have the label that came first in the beginning.
            if labels[gone].name.hasPrefix("first") { return }
            world.enums[place].labels.remove(at: gone)
        case 3:
            guard let at = labels.indices.randomElement(using: &random) else { return }
            if labels[at].name.hasPrefix("first") { return }
            world.enums[place].labels[at].name = name(world.newID())
        default: world.enums[place].name = name(world.newID())
        }
    }

    private mutating func changeSequence() {
        guard let place = world.sequences.indices.randomElement(using: &random) else {
            return addSequence()
        }
        switch random.number(0...4) {
        case 0: world.sequences[place].name = name(world.newID())
        case 1: world.sequences[place].cache = random.number(1...9)
        case 2: world.sequences[place].cycles.toggle()
        case 3: world.sequences[place].owner = nil
        default: own(place)
        }
    }

    private mutating func changeFunction() {
        guard let place = world.functions.indices.randomElement(using: &random) else { return }
        if random.chance(20) {
            world.functions[place].name = name(world.newID())
        } else {
            world.functions[place].variant = random.number(0...5)
        }
    }

    private mutating func changeView() {
        guard let place = world.views.indices.randomElement(using: &random) else {
            return addView()
        }
        let view = world.views[place]
        switch random.number(0...7) {
        case 6: world.views[place].isMaterialized.toggle()
        case 7:
            world.views[place].index =
                world.views[place].index == nil
                ? view.outputs.first(where: \.family.isKey)?.id : nil
        case 0: world.views[place].name = name(world.newID())
        case 1: world.views[place].isBarrier.toggle()
        case 2: world.views[place].condition = nil
        case 3:
            world.views[place].outputs.removeLast()
            if view.outputs.count == 1 { world.views.remove(at: place) }
        case 4:
            guard let at = view.outputs.indices.randomElement(using: &random) else { return }
            world.views[place].outputs[at].name = name(world.newID())
        default:
            guard let column = random.pick(world.outputs(of: view.base)) else { return }
            let id = world.newID()
            world.views[place].outputs.append(
                .init(
                    id: id, name: name(id), family: column.family,
                    value: Expression(
                        pieces: [.column(column.id)], needs: [column.id: column.family])))
        }
    }

    private mutating func removeSomething() {
        switch random.number(0...6) {
        case 0, 1:
            if world.tables.count > 1, let at = anyTable() { world.tables.remove(at: at) }
        case 2: if !world.enums.isEmpty { world.enums.removeLast() }
        case 3: if !world.sequences.isEmpty { world.sequences.removeLast() }
        case 4:
            if let at = world.functions.indices.randomElement(using: &random) {
                world.functions.remove(at: at)
            }
        case 5:
            if let at = world.views.indices.randomElement(using: &random) {
                world.views.remove(at: at)
            }
        default: if world.schemas.count > 1 { world.schemas.removeLast() }
        }
    }

    private mutating func addSomething() {
        switch random.number(0...5) {
        case 0: addTable()
        case 1: addEnum()
        case 2: addSequence()
        case 3: addFunction(random.pick(FunctionModel.Sort.allCases) ?? .add)
        case 4: addView()
        default: addSchema()
        }
    }

    private mutating func move() {
        let schema = anySchema()
        switch random.number(0...5) {
        case 0, 1: if let at = anyTable() { world.tables[at].schema = schema }
        case 2: if !world.enums.isEmpty { world.enums[0].schema = schema }
        case 3: if !world.sequences.isEmpty { world.sequences[0].schema = schema }
        case 4:
            let able = world.extras.indices.filter { world.extras[$0].sort.isRenamed }
            if let at = random.pick(able) { world.extras[at].schema = schema }
        default: if !world.views.isEmpty { world.views[0].schema = schema }
        }
    }

    /// Something else gets the name of something that goes.
    private mutating func takeName() {
        guard let at = anyTable(), world.tables.count > 1 else { return }
        if random.chance(50), let index = world.tables[at].indexes.popLast() {
            let schema = world.tables[at].schema
            addSequence()
            let last = world.sequences.count - 1
            world.sequences[last].name = index.name
            world.sequences[last].schema = schema
        } else {
            let gone = world.tables.remove(at: at)
            world.prune()
            let count = world.views.count
            addView()
            guard world.views.count > count else { return }
            world.views[count].name = gone.name
            world.views[count].schema = gone.schema
        }
    }

    private mutating func recomment() {
        guard let at = anyTable() else { return }
        world.tables[at].comment = random.chance(50) ? nil : "Another comment"
        let text = comment()
        world.tables[at].columns[0].comment = text
        if world.tables[at].primaryKey?.name != nil { world.tables[at].primaryKey?.comment = text }
        if !world.views.isEmpty { world.views[0].comment = text }
        if !world.enums.isEmpty { world.enums[0].comment = text }
        if !world.functions.isEmpty { world.functions[0].comment = text }
    }
}
