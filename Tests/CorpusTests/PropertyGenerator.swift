// Owns making random schemas from a seed: the same seed, the same schema.

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Seeds beside each other give sequences that share nothing: the first number is the state.
    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
    mutating func pick<C: Collection>(_ choices: C) -> C.Element? {
        choices.randomElement(using: &self)
    }
}

/// Makes worlds and their parts.
struct WorldGenerator {
    var random: SeededGenerator
    var world = World()
    let major: Int

    init(seed: UInt64, major: Int) {
        random = SeededGenerator(seed: seed)
        self.major = major
    }

    mutating func make() -> World {
        for _ in 0..<random.number(2...3) { addSchema() }
        for _ in 0..<random.number(1...3) { addEnum() }
        for _ in 0..<random.number(0...2) { addSequence() }
        for sort in [FunctionModel.Sort.add, .shout, .positive, .known, .next]
        where random.chance(70) {
            addFunction(sort)
        }
        for _ in 0..<random.number(0...3) {
            addExtra(random.pick([.domain, .composite, .range]) ?? .domain)
        }
        for _ in 0..<random.number(3...8) { addTable() }
        for index in world.tables.indices { addForeignKeys(to: index) }
        for index in world.sequences.indices where random.chance(40) { own(index) }
        if random.chance(50) { addFunction(.count) }
        for _ in 0..<random.number(1...4) { addView() }
        for sort in ExtraModel.Sort.allCases where random.chance(30) { addExtra(sort) }
        for _ in 0..<random.number(3...8) {
            addExtra(random.pick(ExtraModel.Sort.allCases) ?? .domain)
        }
        for _ in 0..<random.number(0...4) { changeRights() }
        world.prune()
        return world
    }

    // MARK: - Names

    private static let plain = [
        "account", "item", "order", "user", "note", "group", "value", "select", "table", "state",
    ]
    private static let hostile = [
        "we\"ird", "Mixed Case", "semi;colon", "ünïcode", "it's", "back\\slash", "-- comment",
        "  blanks ", "$1", "%s", "a%", "naïve\u{301}", "1st", "comma,list", "(paren)", "*",
        "a_very_long_name_that_fills_what_a_name_may_be_of_bytes",
    ]

    /// A name with a number that no other name in this world has.
    mutating func name(_ id: Int) -> String {
        let word = random.pick(random.chance(12) ? Self.hostile : Self.plain) ?? "x"
        return "\(word)\(id)"
    }

    mutating func comment() -> String? {
        random.chance(15) ? random.pick(["A comment.", "It's \"quoted\"", "two\nlines"]) : nil
    }

    mutating func anySchema() -> Int { random.pick(world.schemas)?.id ?? 0 }

    // MARK: - What stands in a schema

    mutating func addSchema() {
        let id = world.newID()
        world.schemas.append(SchemaModel(id: id, name: name(id), comment: comment()))
    }

    mutating func addEnum() {
        let id = world.newID()
        let labels = (0..<random.number(2...4)).map { place -> EnumModel.Label in
            let label = world.newID()
            return .init(id: label, name: place == 0 ? "first\(label)" : name(label))
        }
        world.enums.append(
            EnumModel(
                id: id, schema: anySchema(), name: name(id), labels: labels, comment: comment()))
    }

    mutating func addSequence() {
        let id = world.newID()
        world.sequences.append(
            SequenceModel(
                id: id, schema: anySchema(), name: name(id),
                type: random.pick(["integer", "bigint", "smallint"]) ?? "bigint",
                increment: random.pick([1, 1, 5, -1]) ?? 1, cache: random.number(1...3),
                cycles: random.chance(20), comment: comment()))
    }

    mutating func addFunction(_ sort: FunctionModel.Sort) {
        let subject: Int?
        switch sort {
        case .add, .shout, .positive: subject = nil
        case .known: subject = random.pick(world.enums)?.id
        case .count: subject = random.pick(world.tables)?.id
        case .next: subject = random.pick(world.sequences)?.id
        }
        let needsSubject = sort == .known || sort == .count || sort == .next
        if needsSubject && subject == nil { return }
        let id = world.newID()
        world.functions.append(
            FunctionModel(
                id: id, schema: anySchema(), name: name(id), sort: sort, subject: subject,
                variant: random.number(0...5), comment: comment()))
    }

    mutating func own(_ index: Int) {
        let schema = world.sequences[index].schema
        guard let table = random.pick(world.tables.filter { $0.schema == schema }),
            let column = random.pick(table.columns)
        else { return }
        world.sequences[index].owner = column.id
    }

    mutating func addView() {
        let others = world.extras(.typed, .parted, .child, .foreignTable).filter {
            !world.parts(of: $0).isEmpty
        }
        let all = world.tables.map(\.id) + world.views.map(\.id)
        guard let base = random.pick(random.chance(80) ? all : others.map(\.id)) else { return }
        let id = world.newID()
        let columns = world.outputs(of: base).map { (id: $0.id, family: $0.family) }
        var outputs: [ViewModel.Output] = []
        for column in columns.shuffled(using: &random).prefix(random.number(1...4)) {
            let output = world.newID()
            let (value, family) =
                random.chance(30)
                ? computed(column.id, column.family) : (plain(column), column.family)
            outputs.append(
                .init(id: output, name: name(output), family: family, value: value))
        }
        if random.chance(25), let function = world.functions.first(where: { $0.sort == .count }) {
            let output = world.newID()
            outputs.append(
                .init(
                    id: output, name: name(output), family: .int,
                    value: Expression(pieces: [.item(function.id), .text("()")])))
        }
        guard !outputs.isEmpty else { return }
        world.views.append(
            ViewModel(
                id: id, schema: anySchema(), name: name(id), base: base, outputs: outputs,
                condition: random.chance(30)
                    ? columns.first.map { condition($0.id, $0.family) } : nil,
                isBarrier: random.chance(20), isMaterialized: random.chance(25),
                index: random.chance(60) ? outputs.first(where: \.family.isKey)?.id : nil,
                comment: comment()))
    }

    // MARK: - Expressions

    private func plain(_ column: (id: Int, family: Family)) -> Expression {
        Expression(pieces: [.column(column.id)], needs: [column.id: column.family])
    }

    /// A condition that holds for the rows of the test, and for NULL.
    mutating func condition(_ column: Int, _ family: Family) -> Expression {
        func make(_ pieces: [Expression.Piece]) -> Expression {
            Expression(pieces: pieces, needs: [column: family])
        }
        switch family {
        case .int:
            if random.chance(50), let function = functions(.positive).first {
                return make([.item(function), .text("(("), .column(column), .text(")::integer)")])
            }
            return make([.column(column), .text(" >= -\(random.number(1...999))")])
        case .num: return make([.column(column), .text(" > -99.5")])
        case .text:
            return make(
                random.chance(50)
                    ? [.text("length("), .column(column), .text(") < 10")]
                    : [
                        .column(column), .text(" <> 'none' or "), .column(column),
                        .text(" is null"),
                    ])
        case .bool: return make([.column(column), .text(" or not "), .column(column)])
        case .time: return make([.column(column), .text(" > '1970-01-01'")])
        case .other:
            if let type = world.tables.lazy.flatMap(\.columns).first(where: { $0.id == column })?
                .type, type.sql == "%", let item = type.item,
                let function = world.extras(.typeFunction, of: item).first
            {
                return make([.item(function.id), .text("("), .column(column), .text(") or true")])
            }
            return make([.column(column), .text(" IS NOT NULL or true")])
        case .json, .uuid: return make([.column(column), .text(" IS NOT NULL or true")])
        case .label:
            let type = world.tables.lazy.flatMap(\.columns).first { $0.id == column }?.type
            if let item = type?.item, type?.sql == "%",
                let label = random.pick(world.enums.first { $0.id == item }?.labels ?? [])
            {
                let known = functions(.known).first { id in
                    world.functions.contains { $0.id == id && $0.subject == item }
                }
                if let known, random.chance(60) {
                    return make([.item(known), .text("("), .column(column), .text(")")])
                }
                return make([.column(column), .text(" = "), .label(label.id), .text(" or true")])
            }
            return make([.column(column), .text(" is not null")])
        }
    }

    /// An immutable value made of a column.
    mutating func computed(_ column: Int, _ family: Family) -> (Expression, Family) {
        func make(_ pieces: [Expression.Piece], _ result: Family) -> (Expression, Family) {
            (Expression(pieces: pieces, needs: [column: family]), result)
        }
        switch family {
        case .int:
            if random.chance(50), let function = functions(.add).first {
                return make(
                    [.item(function), .text("(("), .column(column), .text(")::int)")], .int)
            }
            return make([.text("("), .column(column), .text(" * 2) % 100")], .int)
        case .num: return make([.text("abs("), .column(column), .text(")")], .num)
        case .text:
            if random.chance(50), let function = functions(.shout).first {
                return make(
                    [.item(function), .text("(("), .column(column), .text(")::text)")], .text)
            }
            return make([.text("lower("), .column(column), .text(")")], .text)
        case .bool: return make([.text("not "), .column(column)], .bool)
        case .time: return make([.column(column), .text(" > '2020-01-01'")], .bool)
        case .json, .uuid, .label, .other:
            return make([.column(column), .text(" is null")], .bool)
        }
    }

    mutating func functions(_ sort: FunctionModel.Sort) -> [Int] {
        world.functions.filter { $0.sort == sort }.map(\.id).shuffled(using: &random)
    }
}
