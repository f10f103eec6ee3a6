// Owns the random schemas of the property test: what a person could have declared. Every part has
// a number that stays when it is renamed or moved, and parts refer to each other by number, so
// that a mutation needs no care: what lost its ground is taken out by `prune`.

/// What an expression needs a value to be, so that it still means something after a type change.
enum Family: String, CaseIterable, Sendable {
    case int, num, text, bool, time, json, uuid, label, other

    /// Whether three rows can have three values of it, compared by a B-tree.
    var isKey: Bool {
        switch self {
        case .int, .num, .text, .time, .uuid: true
        case .bool, .json, .label, .other: false
        }
    }
}

/// SQL in which names are looked up when it is written out.
struct Expression: Sendable {
    enum Piece: Sendable {
        case text(String)
        /// A column's own name.
        case column(Int)
        /// The qualified name of a relation, function, type or sequence.
        case item(Int)
        /// The same as a text constant.
        case quotedItem(Int)
        /// An enum's label as a text constant.
        case label(Int)
    }
    var pieces: [Piece]
    /// What the columns have to be.
    var needs: [Int: Family] = [:]

    static func text(_ text: String) -> Expression { Expression(pieces: [.text(text)]) }
}

struct TypeModel: Sendable, Hashable {
    var family: Family
    var sql: String
    /// The enum, whose name stands in place of `%` in `sql`.
    var item: Int?
    var isSerial: Bool { sql.hasSuffix("serial") }
}

struct ColumnModel: Sendable {
    var id: Int
    var name: String
    var type: TypeModel
    var isNullable = false
    var fallback: Expression?
    var identity: String?
    var generated: Expression?
    var isStored = true
    var collation: String?
    var comment: String?

    /// Whether an INSERT names it.
    var isWritten: Bool { generated == nil && identity == nil && !type.isSerial }
    /// Whether it can be added to a table with rows.
    var isFilled: Bool { isNullable || !isWritten || fallback != nil }
}

struct KeyModel: Sendable {
    var id: Int
    var name: String?
    var columns: [Int]
    var include: [Int] = []
    var deferral = 0
    var comment: String?
}

struct CheckModel: Sendable {
    var id: Int
    var name: String
    var condition: Expression
    var comment: String?
}

struct ForeignKeyModel: Sendable {
    var id: Int
    var name: String?
    var columns: [Int]
    var table: Int
    var key: Int
    var onDelete: String
    var onUpdate: String
    var deferral = 0
    var comment: String?
}

struct IndexModel: Sendable {
    struct Element: Sendable {
        var value: Expression
        var isExpression: Bool
        var family: Family
        var isDescending = false
        var nulls: String?
        var opclass: String?
    }
    var id: Int
    var name: String
    var elements: [Element]
    var method = "btree"
    var isUnique = false
    var include: [Int] = []
    var condition: Expression?
    var fillfactor: Int?
    var comment: String?
}

struct TableModel: Sendable {
    var id: Int
    var schema: Int
    var name: String
    var columns: [ColumnModel]
    var isUnlogged = false
    var fillfactor: Int?
    var comment: String?
    var primaryKey: KeyModel?
    var unique: [KeyModel] = []
    var checks: [CheckModel] = []
    var foreignKeys: [ForeignKeyModel] = []
    var indexes: [IndexModel] = []
    /// Row security: off, on, forced.
    var security = 0
    var replicaIdentity: String?

    var keys: [KeyModel] { (primaryKey.map { [$0] } ?? []) + unique }
    func column(_ id: Int) -> ColumnModel? { columns.first { $0.id == id } }
}

struct EnumModel: Sendable {
    struct Label: Sendable {
        var id: Int
        var name: String
    }
    var id: Int
    var schema: Int
    var name: String
    var labels: [Label]
    var comment: String?
}

struct SequenceModel: Sendable {
    var id: Int
    var schema: Int
    var name: String
    var type: String
    var increment: Int
    var cache: Int
    var cycles: Bool
    /// The column that owns it, in a table of the same schema.
    var owner: Int?
    var comment: String?
}

struct FunctionModel: Sendable {
    enum Sort: String, CaseIterable, Sendable { case add, shout, positive, known, count, next }
    var id: Int
    var schema: Int
    var name: String
    var sort: Sort
    /// What it is about: an enum, a table or a sequence.
    var subject: Int?
    /// Chooses body, result and attributes.
    var variant: Int
    var comment: String?
}

struct ViewModel: Sendable {
    struct Output: Sendable {
        var id: Int
        var name: String
        var family: Family
        var value: Expression
    }
    var id: Int
    var schema: Int
    var name: String
    var base: Int
    var outputs: [Output]
    var condition: Expression?
    var isBarrier = false
    var isMaterialized = false
    /// An index of a materialized view, and the output that it sorts by.
    var index: Int?
    var comment: String?
}

struct SchemaModel: Sendable {
    var id: Int
    var name: String
    var comment: String?
}

/// A whole random database.
struct World: Sendable {
    var schemas: [SchemaModel] = []
    var enums: [EnumModel] = []
    var sequences: [SequenceModel] = []
    var functions: [FunctionModel] = []
    var tables: [TableModel] = []
    var views: [ViewModel] = []
    var extras: [ExtraModel] = []
    /// Which rights, on what.
    var grants: [Int: Int] = [:]
    /// What belongs to another role.
    var owned: Set<Int> = []
    var nextID = 0

    mutating func newID() -> Int {
        nextID += 1
        return nextID
    }

    func table(_ id: Int) -> TableModel? { tables.first { $0.id == id } }

    /// The families of all columns, those of views too.
    var families: [Int: Family] {
        var out: [Int: Family] = [:]
        for table in tables { for column in table.columns { out[column.id] = column.type.family } }
        for view in views { for output in view.outputs { out[output.id] = output.family } }
        for extra in extras { for part in extra.parts { out[part.id] = part.type.family } }
        return out
    }

    /// All that can be named with a schema.
    var items: Set<Int> {
        Set(
            enums.map(\.id) + sequences.map(\.id) + functions.map(\.id) + tables.map(\.id)
                + views.map(\.id) + extras.filter(\.sort.isInSchema).map(\.id))
    }
}

extension World {
    /// Takes out what refers to something that is no more, until nothing does.
    mutating func prune() {
        var size = -1
        while size != measure {
            size = measure
            pruneOnce()
        }
    }

    private var measure: Int {
        enums.count + sequences.count * 3 + sequences.filter { $0.owner != nil }.count
            + functions.count
            + extras.reduce(0) {
                $0 + 1 + $1.columns.count + $1.parts.count + ($1.condition == nil ? 0 : 1)
            } + views.reduce(0) { $0 + 1 + $1.outputs.count }
            + views.filter { $0.condition != nil }.count
            + tables.reduce(0) { sum, table in
                sum + 1 + table.columns.count + table.keys.count + table.checks.count
                    + table.foreignKeys.count + table.indexes.count
                    + table.columns.filter { $0.fallback != nil || $0.generated != nil }.count
            }
    }

    private mutating func pruneOnce() {
        let (items, families) = (items, families)
        let labels = Set(enums.flatMap { $0.labels.map(\.id) })
        func holds(_ expression: Expression, in own: Set<Int>? = nil) -> Bool {
            expression.pieces.allSatisfy { piece in
                switch piece {
                case .text: true
                case .column(let id): families[id] != nil && own?.contains(id) != false
                case .item(let id), .quotedItem(let id): items.contains(id)
                case .label(let id): labels.contains(id)
                }
            } && expression.needs.allSatisfy { families[$0.key] == $0.value }
        }
        let schemaIDs = Set(schemas.map(\.id))
        enums.removeAll { !schemaIDs.contains($0.schema) }
        sequences.removeAll { !schemaIDs.contains($0.schema) }
        functions.removeAll {
            !schemaIDs.contains($0.schema) || $0.subject.map { !items.contains($0) } ?? false
        }
        tables.removeAll { !schemaIDs.contains($0.schema) }
        for index in tables.indices { prune(&tables[index], items: items) { holds($0, in: $1) } }
        pruneForeignKeys()
        for index in sequences.indices {
            guard let owner = sequences[index].owner else { continue }
            let table = tables.first { $0.column(owner) != nil }
            if table?.schema != sequences[index].schema { sequences[index].owner = nil }
        }
        views.removeAll { !schemaIDs.contains($0.schema) || !items.contains($0.base) }
        for index in views.indices {
            let own = Set(outputs(of: views[index].base).map(\.id))
            views[index].outputs.removeAll { !holds($0.value, in: own) }
            if let condition = views[index].condition, !holds(condition, in: own) {
                views[index].condition = nil
            }
        }
        views.removeAll(where: \.outputs.isEmpty)
        pruneExtras(holds: holds)
    }

    private func prune(
        _ table: inout TableModel, items: Set<Int>, holds: (Expression, Set<Int>?) -> Bool
    ) {
        let declared = Set(table.columns.map(\.id))
        table.columns.removeAll { column in
            column.type.item.map { !items.contains($0) } ?? false
                || column.generated.map { !holds($0, declared) } ?? false
        }
        let own = Set(table.columns.map(\.id))
        let plain = Set(table.columns.filter { $0.generated == nil }.map(\.id))
        let keyable = Set(
            table.columns.filter { $0.type.family.isKey && $0.generated == nil }.map(\.id))
        table.columns.removeAll { column in
            guard let generated = column.generated else { return false }
            return !generated.needs.keys.allSatisfy(plain.contains)
        }
        for index in table.columns.indices {
            if let fallback = table.columns[index].fallback, !holds(fallback, nil) {
                table.columns[index].fallback = nil
            }
        }
        func isWhole(_ key: KeyModel) -> Bool {
            key.columns.allSatisfy(keyable.contains) && key.include.allSatisfy(own.contains)
        }
        if let key = table.primaryKey, !isWhole(key) { table.primaryKey = nil }
        table.unique.removeAll { !isWhole($0) }
        table.checks.removeAll { !holds($0.condition, own) }
        table.indexes.removeAll { index in
            !index.elements.allSatisfy { holds($0.value, own) }
                || !index.include.allSatisfy(own.contains)
                || index.condition.map { !holds($0, own) } ?? false
        }
    }

    private mutating func pruneForeignKeys() {
        let all = Dictionary(uniqueKeysWithValues: tables.map { ($0.id, $0) })
        for index in tables.indices {
            let table = tables[index]
            tables[index].foreignKeys.removeAll { foreign in
                guard let target = all[foreign.table],
                    let key = target.keys.first(where: { $0.id == foreign.key }),
                    key.columns.count == foreign.columns.count, key.deferral == 0,
                    table.isUnlogged || !target.isUnlogged
                else { return true }
                return !zip(foreign.columns, key.columns).allSatisfy { pair in
                    guard let from = table.column(pair.0), let to = target.column(pair.1)
                    else { return false }
                    return from.generated == nil && World.canRefer(from.type, to.type)
                }
            }
        }
    }

    /// Whether a foreign key can compare the two.
    static func canRefer(_ from: TypeModel, _ to: TypeModel) -> Bool {
        if from.family == .int && to.family == .int { return true }
        return from.sql == to.sql
    }

    /// The columns of a table or view.
    func outputs(of relation: Int) -> [(id: Int, name: String, family: Family)] {
        if let table = table(relation) {
            return table.columns.map { ($0.id, $0.name, $0.type.family) }
        }
        let view = views.first { $0.id == relation }
        if let extra = extra(relation) {
            return parts(of: extra).map { ($0.id, $0.name, $0.type.family) }
        }
        return view?.outputs.map { ($0.id, $0.name, $0.family) } ?? []
    }
}
