// Owns making and changing the extras of a random schema.

extension WorldGenerator {
    /// Adds an extra of the sort, if there is what it needs to stand on.
    mutating func addExtra(_ sort: ExtraModel.Sort) {
        guard let subjects = subjects(for: sort) else { return }
        let id = world.newID()
        var extra = ExtraModel(
            id: id, sort: sort, schema: anySchema(),
            name: sort == .operator ? operatorName(id) : name(id), subjects: subjects,
            variant: random.number(0...11))
        let isNamed = sort != .mapping && sort != .defaultPrivileges
        extra.comment = isNamed ? comment() : nil
        switch sort {
        case .composite, .foreignTable, .child, .parted:
            for _ in 0..<random.number(1...3) { extra.parts.append(part(of: sort)) }
            if sort == .parted {
                extra.parts[0].type = TypeModel(family: .int, sql: "integer")
            }
        case .trigger, .policy, .statistics, .publication: addColumns(to: &extra)
        default: break
        }
        if sort == .partition {
            guard let parent = subjects.first, let slot = freeSlot(of: parent) else { return }
            extra.variant = slot
            extra.comment = nil
        }
        if isTaken(extra) { return }
        world.extras.append(extra)
    }

    /// Symbols only, and no other's.
    private func operatorName(_ id: Int) -> String {
        let symbols = Array("@#%&")
        var (rest, out) = (id, "|@")
        while rest > 0 {
            out.append(symbols[rest % 4])
            rest /= 4
        }
        return out
    }

    /// Values of a composite type stand in the way of a label that goes from an attribute's enum,
    /// and of a check that its domain gets.
    private mutating func part(of sort: ExtraModel.Sort) -> ExtraModel.Part {
        let id = world.newID()
        let types: [(Family, String)] = [
            (.int, "integer"), (.text, "text"), (.int, "bigint"), (.time, "date"),
            (.num, "numeric(9,2)"),
        ]
        let (family, sql) = random.pick(types) ?? types[0]
        var type = TypeModel(family: family, sql: sql)
        if sort != .composite, random.chance(25), let item = random.pick(world.extras(.domain)) {
            type = TypeModel(family: .other, sql: "%", item: item.id)
        } else if sort != .composite, random.chance(15), let item = random.pick(world.enums) {
            type = TypeModel(family: .label, sql: "%", item: item.id)
        }
        return .init(id: id, name: name(id), type: type, comment: comment())
    }

    /// What there is for it to stand on; nil if there is not.
    private mutating func subjects(for sort: ExtraModel.Sort) -> [Int]? {
        func one(_ ids: [Int], from random: inout SeededGenerator) -> [Int]? {
            random.pick(ids).map { [$0] }
        }
        let tables = world.tables.map(\.id)
        let relations =
            tables + world.views.map(\.id)
            + world.extras.filter(\.sort.isRelation).map(\.id)
        let types = world.extras(.domain, .composite, .range).map(\.id) + world.enums.map(\.id)
        func all(_ sorts: ExtraModel.Sort...) -> [Int] {
            world.extras.filter { sorts.contains($0.sort) }.map(\.id)
        }
        switch sort {
        case .composite, .range, .triggerFunction, .eventFunction, .aggregate, .parted, .wrapper,
            .dictionary, .conversion, .defaultPrivileges:
            return []
        case .domain:
            return random.chance(30) ? functions(.positive).first.map { [$0] } ?? [] : []
        case .rowFunction, .setFunction:
            return one(
                relations.filter { world.extra($0)?.sort != .caller }, from: &random)
        case .typeFunction, .comparison: return one(types, from: &random)
        case .procedure: return random.chance(50) ? one(tables, from: &random) : []
        case .operator: return one(all(.comparison), from: &random)
        case .starred:
            return one(
                relations.filter { world.extra($0)?.sort != .foreignTable }, from: &random)
        case .counting: return one(relations, from: &random)
        case .caller:
            return one(
                all(
                    .rowFunction, .typeFunction, .comparison, .operator, .setFunction, .aggregate,
                    .dictionary, .configuration, .cast, .domain, .composite, .range),
                from: &random)
        case .child, .publication, .statistics: return one(tables, from: &random)
        case .typed: return one(all(.composite), from: &random)
        case .partition: return one(all(.parted), from: &random)
        case .foreignTable, .mapping: return one(all(.server), from: &random)
        case .trigger:
            let views = world.views.filter { !$0.isMaterialized }.map(\.id)
            guard let host = random.pick(tables + tables + views + all(.parted)),
                let function = random.pick(all(.triggerFunction))
            else { return nil }
            return [host, function]
        case .policy, .rule:
            let views = world.views.filter { !$0.isMaterialized }.map(\.id)
            guard let host = random.pick(sort == .policy ? tables : tables + views) else {
                return nil
            }
            return [host] + (random.chance(40) ? random.pick(tables).map { [$0] } ?? [] : [])
        case .cast:
            return random.pick(world.extras(.typeFunction)).flatMap { function in
                function.subjects.first.map { [$0, function.id] }
            }
        case .server: return one(all(.wrapper), from: &random)
        case .eventTrigger: return one(all(.eventFunction), from: &random)
        case .configuration: return random.chance(70) ? one(all(.dictionary), from: &random) : []
        }
    }

    private mutating func addColumns(to extra: inout ExtraModel) {
        guard let table = extra.subjects.first.flatMap(world.table) else { return }
        switch extra.sort {
        case .statistics:
            let able = table.columns.filter { $0.isReal && $0.type.family.isKey }.map(\.id)
            extra.columns = Array(able.shuffled(using: &random).prefix(random.number(2...3)))
        case .publication:
            let numbers = table.columns.filter { $0.type.family == .int && $0.isReal }
            // 14 publishes all rows of a table.
            if major >= 15, random.chance(50), let column = random.pick(numbers),
                column.generated == nil
            {
                extra.condition = Expression(
                    pieces: [.column(column.id), .text(" > 3")], needs: [column.id: .int])
            }
        default:
            guard let column = random.pick(table.columns.filter { $0.generated == nil }) else {
                return
            }
            extra.columns = [column.id]
            if random.chance(70) || extra.sort == .trigger {
                extra.condition =
                    extra.sort == .trigger
                    ? Expression(
                        pieces: [.column(column.id)], needs: [column.id: column.type.family])
                    : condition(column.id, column.type.family)
            }
        }
    }

    /// A bound that no other partition has.
    private mutating func freeSlot(of parent: Int) -> Int? {
        let taken = Set(world.extras(.partition, of: parent).map(\.variant))
        return random.pick((0..<8).filter { !taken.contains($0) })
    }

    /// Whether another has what tells it apart, which is not a name.
    private func isTaken(_ extra: ExtraModel) -> Bool {
        world.extras.contains { other in
            guard other.id != extra.id, other.sort == extra.sort else { return false }
            switch extra.sort {
            case .cast: return other.subjects.first == extra.subjects.first
            case .mapping:
                return other.subjects == extra.subjects && other.variant % 3 == extra.variant % 3
            case .defaultPrivileges:
                return other.schema == extra.schema && other.variant % 2 == extra.variant % 2
            default: return false
            }
        }
    }

    /// Another definition, another name, another place, or none.
    mutating func changeExtra() {
        guard let place = world.extras.indices.randomElement(using: &random) else { return }
        let extra = world.extras[place]
        switch random.number(0...9) {
        case 0...3: redefine(place)
        case 4:
            guard extra.sort.isRenamed else { return }
            world.extras[place].name = name(world.newID())
        case 5: world.extras.remove(at: place)
        case 6:
            guard extra.sort != .mapping, extra.sort != .defaultPrivileges,
                extra.sort != .partition
            else { return }
            world.extras[place].comment = random.chance(50) ? nil : "Another of it"
        default: changeParts(place)
        }
    }

    private mutating func redefine(_ place: Int) {
        var extra = world.extras[place]
        switch extra.sort {
        case .partition:
            if random.chance(60) {
                extra.isAttached.toggle()
            } else if let slot = freeSlot(of: extra.subjects[0]) {
                extra.variant = slot
            }
        // A table keeps its strategy, a range its subtype, a domain its base.
        case .parted, .domain, .range:
            extra.variant = extra.variant % 3 + 3 * random.number(0...9)
        case .mapping: extra.variant = extra.variant % 3 + 3 * random.number(0...3)
        case .defaultPrivileges: extra.variant = extra.variant % 2 + 2 * random.number(0...3)
        case .trigger, .policy:
            addColumns(to: &extra)
            extra.variant = random.number(0...11)
        case .operator, .aggregate, .server, .cast, .eventTrigger, .configuration,
            .triggerFunction, .rowFunction, .typeFunction, .setFunction, .eventFunction,
            .comparison, .procedure, .composite, .starred, .counting, .caller, .child, .typed,
            .foreignTable, .rule, .statistics, .wrapper, .publication, .dictionary, .conversion:
            extra.variant = random.number(0...11)
        }
        world.extras[place] = extra
    }

    private mutating func changeParts(_ place: Int) {
        let extra = world.extras[place]
        guard [.composite, .foreignTable, .child, .parted].contains(extra.sort) else {
            return redefine(place)
        }
        let first = extra.sort == .parted ? 1 : 0
        switch random.number(0...3) {
        case 0: world.extras[place].parts.append(part(of: extra.sort))
        case 1:
            if extra.parts.count > max(first, 1) { world.extras[place].parts.removeLast() }
        case 2:
            guard let at = extra.parts.indices.randomElement(using: &random),
                extra.sort == .child || extra.sort == .parted
            else { return }
            world.extras[place].parts[at].name = name(world.newID())
        default:
            guard let at = extra.parts.indices.dropFirst(first).randomElement(using: &random)
            else { return }
            world.extras[place].parts[at].comment = comment()
        }
    }

    /// Rights and owners come, change and go.
    mutating func changeRights() {
        let all =
            world.schemas.map(\.id) + world.tables.map(\.id) + world.enums.map(\.id)
            + world.sequences.map(\.id) + world.functions.map(\.id) + world.views.map(\.id)
            + world.extras.filter { $0.sort.rights != nil }.map(\.id)
        guard let id = random.pick(all) else { return }
        if random.chance(20), world.table(id) != nil || world.enums.contains(where: { $0.id == id })
        {
            if world.owned.remove(id) == nil { world.owned.insert(id) }
        } else {
            world.grants[id] = random.chance(20) ? nil : random.number(0...11)
        }
    }
}
