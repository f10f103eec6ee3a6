// Owns making random tables and what hangs on them.

extension WorldGenerator {
    private static let words: [(Family, String)] = [
        (.int, "smallint;integer;bigint;integer;bigint"),
        (.num, "numeric;numeric(12,2);real;double precision;numeric(8)"),
        (.text, "text;varchar(20);varchar;char(10);text"),
        (.time, "date;timestamp;timestamptz;timestamp(3);timestamp(0) with time zone"),
        (.json, "json;jsonb"), (.bool, "boolean"), (.uuid, "uuid"),
        (.other, "interval;interval day to second(3);inet;bytea;int4range;time(2);timetz;point"),
        (.other, "bit(4);varbit(9);tsvector;money;macaddr;integer[];varchar(9)[]"),
        (.other, "numeric(6,1)[];\"char\";name;oid;tstzmultirange;xid8;regclass;int2vector"),
        (.other, "jsonpath"),
    ]
    private static let types: [TypeModel] = words.flatMap { word in
        word.1.split(separator: ";").map { TypeModel(family: word.0, sql: String($0)) }
    }

    mutating func type() -> TypeModel {
        if random.chance(12), let item = random.pick(world.enums) {
            return TypeModel(
                family: random.chance(75) ? .label : .other, sql: "%", item: item.id
            ).asArrayUnlessLabel
        }
        if random.chance(10), let item = random.pick(world.extras(.domain, .composite, .range)) {
            return TypeModel(family: .other, sql: "%", item: item.id)
        }
        return random.pick(Self.types) ?? TypeModel(family: .int, sql: "integer")
    }

    /// Another type to which values of this one can go.
    mutating func type(after old: TypeModel) -> TypeModel? {
        let near = Self.types.filter { $0.family == old.family && $0.sql != old.sql }
        switch old.family {
        case .int:
            let more = [
                TypeModel(family: .text, sql: "text"), TypeModel(family: .num, sql: "numeric"),
            ]
            return random.pick(near + more)
        case .text: return random.pick(near + [TypeModel(family: .int, sql: "bigint")])
        case .num, .time, .json: return random.pick(near)
        case .bool, .uuid, .label: return TypeModel(family: .text, sql: "text")
        case .other: return nil
        }
    }

    mutating func column() -> ColumnModel {
        let id = world.newID()
        var column = ColumnModel(id: id, name: name(id), type: type())
        column.isNullable = random.chance(50)
        column.comment = comment()
        if random.chance(40) { column.fallback = fallback(for: column.type) }
        if column.type.family == .text, random.chance(20) {
            column.collation = random.pick(["C", "POSIX"])
        }
        return column
    }

    /// A default; what it stands on may be a function or a sequence.
    mutating func fallback(for type: TypeModel) -> Expression? {
        switch type.family {
        case .int:
            switch random.number(0...4) {
            case 0:
                guard let sequence = random.pick(world.sequences) else { break }
                return Expression(
                    pieces: [.text("nextval("), .quotedItem(sequence.id), .text("::regclass)")])
            case 1:
                guard let function = functions(.next).first else { break }
                return Expression(pieces: [.item(function), .text("()")])
            case 2:
                guard let function = functions(.add).first else { break }
                return Expression(pieces: [.item(function), .text("(3)")])
            default: break
            }
            return .text("\(random.number(-5...500))")
        case .num: return .text(random.pick(["1.5", "0", "-3", "1 + 2"]) ?? "0")
        case .text:
            if random.chance(40), let function = functions(.shout).first {
                return Expression(pieces: [.item(function), .text("('7')")])
            }
            return .text(random.pick(["'5'", "''", "lower('X')", "current_user"]) ?? "''")
        case .bool: return .text("true")
        case .time: return .text(random.pick(["now()", "'2020-02-03'", "current_date"]) ?? "now()")
        case .json: return .text("'{\"a\": [1]}'")
        case .uuid: return .text("gen_random_uuid()")
        case .label:
            guard let item = type.item, type.sql == "%",
                let label = world.enums.first(where: { $0.id == item })?.labels.first
            else { return nil }
            return Expression(pieces: [.label(label.id), .text("::"), .item(item)])
        case .other: return type.sql.hasSuffix("[]") ? .text("'{}'") : nil
        }
    }

    mutating func addTable() {
        let id = world.newID()
        var table = TableModel(id: id, schema: anySchema(), name: name(id), columns: [])
        table.comment = comment()
        table.isUnlogged = random.chance(8)
        table.fillfactor = random.chance(15) ? random.number(50...100) : nil
        for _ in 0..<random.number(1...7) { table.columns.append(column()) }
        addNumbering(to: &table)
        for _ in 0..<random.number(0...1) { addGenerated(to: &table) }
        if random.chance(75) { table.primaryKey = key(of: table, isPrimary: true) }
        for column in table.primaryKey?.columns ?? [] {
            guard let place = table.columns.firstIndex(where: { $0.id == column }) else { continue }
            table.columns[place].isNullable = false
        }
        if random.chance(40), let key = key(of: table, isPrimary: false) {
            table.unique.append(key)
        }
        for _ in 0..<random.number(0...2) { addCheck(to: &table) }
        for _ in 0..<random.number(0...2) { addIndex(to: &table) }
        world.tables.append(table)
    }

    private mutating func addNumbering(to table: inout TableModel) {
        let id = world.newID()
        let type = TypeModel(
            family: .int, sql: random.pick(["smallint", "integer", "bigint"]) ?? "")
        var column = ColumnModel(id: id, name: name(id), type: type)
        switch random.number(0...5) {
        case 0: column.identity = "always"
        case 1: column.identity = "byDefault"
        case 2: column.identity = "{ mode: always, start: 7, increment: 3, cache: 2 }"
        case 3:
            column.type = TypeModel(family: .int, sql: random.pick(["serial", "bigserial"]) ?? "")
        default: break
        }
        table.columns.insert(column, at: 0)
    }

    mutating func addGenerated(to table: inout TableModel) {
        let bases = table.columns.filter { $0.generated == nil && $0.type.family != .time }
        guard let base = random.pick(bases) else { return }
        let (value, family) = computed(base.id, base.type.family)
        let id = world.newID()
        let sql: String
        switch family {
        case .int: sql = "bigint"
        case .num: sql = "double precision"
        case .text: sql = "text"
        case .bool, .time, .json, .uuid, .label, .other: sql = "boolean"
        }
        var column = ColumnModel(
            id: id, name: name(id), type: TypeModel(family: family, sql: sql))
        column.isNullable = true
        column.generated = value
        let callsOurs = value.pieces.contains { if case .item = $0 { true } else { false } }
        // Virtual columns take neither functions nor types of users.
        if major >= 18, !callsOurs, base.type.item == nil { column.isStored = random.chance(50) }
        table.columns.append(column)
    }

    mutating func key(of table: TableModel, isPrimary: Bool) -> KeyModel? {
        let able = table.columns.filter { $0.type.family.isKey && $0.generated == nil }
        let chosen = able.shuffled(using: &random).prefix(random.number(1...2))
        guard !chosen.isEmpty else { return nil }
        let id = world.newID()
        var key = KeyModel(id: id, name: name(id), columns: chosen.map(\.id))
        if isPrimary && random.chance(70) { key.name = nil }
        if random.chance(15) { key.deferral = random.number(1...2) }
        // What the server names has no place for a comment.
        key.comment = key.name == nil ? nil : comment()
        return key
    }

    mutating func addCheck(to table: inout TableModel) {
        guard let column = random.pick(table.columns.filter(\.isReal)) else { return }
        let id = world.newID()
        table.checks.append(
            CheckModel(
                id: id, name: name(id), condition: condition(column.id, column.type.family),
                comment: comment()))
    }

    mutating func addIndex(to table: inout TableModel) {
        let id = world.newID()
        var index = IndexModel(id: id, name: name(id), elements: [])
        index.comment = comment()
        let real = table.columns.filter(\.isReal)
        let keys = real.filter { $0.type.family.isKey }
        if random.chance(15), let json = real.first(where: { $0.type.sql == "jsonb" }) {
            index.method = "gin"
            index.elements = [element(json)]
            if random.chance(50) { index.elements[0].opclass = "jsonb_path_ops" }
        } else if random.chance(10), let column = random.pick(keys) {
            index.method = random.pick(["hash", "brin"]) ?? "hash"
            index.elements = [element(column)]
        } else {
            for column in keys.shuffled(using: &random).prefix(random.number(1...3)) {
                index.elements.append(sorted(column))
            }
            guard !index.elements.isEmpty else { return }
            index.isUnique =
                random.chance(25) && index.elements.allSatisfy { !$0.isExpression }
            if random.chance(20), let extra = random.pick(table.columns.filter(\.isReal)) {
                index.include = [extra.id]
            }
            index.fillfactor = random.chance(15) ? random.number(50...95) : nil
        }
        if random.chance(25), let column = random.pick(real.filter { $0.type.family != .time }) {
            index.condition = condition(column.id, column.type.family)
        }
        table.indexes.append(index)
    }

    private func element(_ column: ColumnModel) -> IndexModel.Element {
        .init(
            value: Expression(
                pieces: [.column(column.id)], needs: [column.id: column.type.family]),
            isExpression: false, family: column.type.family)
    }

    private mutating func sorted(_ column: ColumnModel) -> IndexModel.Element {
        var element = element(column)
        if random.chance(25), column.type.family == .int || column.type.family == .text {
            element.value = computed(column.id, column.type.family).0
            element.isExpression = true
        }
        element.isDescending = random.chance(25)
        if random.chance(20) { element.nulls = random.pick(["first", "last"]) }
        if column.type.sql == "text", !element.isExpression, random.chance(20) {
            element.opclass = "text_pattern_ops"
        }
        return element
    }

    /// Columns like those of a key elsewhere, or in the same table, that refer to it.
    mutating func addForeignKeys(to place: Int) {
        for _ in 0..<random.number(0...2) {
            guard let target = random.pick(world.tables.filter { !$0.keys.isEmpty }),
                let key = random.pick(target.keys)
            else { return }
            var columns: [Int] = []
            for id in key.columns {
                guard var column = target.column(id) else { return }
                column.id = world.newID()
                column.name = name(column.id)
                if column.type.isSerial { column.type.sql = "bigint" }
                column.identity = nil
                column.fallback = nil
                column.isNullable = true
                column.comment = comment()
                world.tables[place].columns.append(column)
                columns.append(column.id)
            }
            let id = world.newID()
            let actions = ["noAction", "restrict", "cascade", "setNull", "setDefault"]
            world.tables[place].foreignKeys.append(
                ForeignKeyModel(
                    id: id, name: name(id), columns: columns, table: target.id, key: key.id,
                    onDelete: random.pick(actions) ?? "", onUpdate: random.pick(actions) ?? "",
                    deferral: random.chance(20) ? random.number(1...2) : 0, comment: comment()))
        }
    }
}

extension ColumnModel {
    /// Whether every version can index it and check it: virtual columns cannot be indexed.
    var isReal: Bool { isStored }
}

extension TypeModel {
    fileprivate var asArrayUnlessLabel: TypeModel {
        family == .label ? self : TypeModel(family: family, sql: "%[]", item: item)
    }
}
