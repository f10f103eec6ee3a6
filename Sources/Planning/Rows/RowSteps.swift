public import SchemaCore

/// The operations of the managed rows of one table, but for their statements. All rows of a table
/// take one step each way, however many they are: they go, get other values, and come.
public struct RowSteps<Object: CatalogObject, Row: Sendable> {
    /// What happens to rows of a table.
    public typealias Changes = RowChanges<Object, Row>

    private let table: ObjectID
    private let changes: Changes
    private let all: [ObjectID: Changes]
    private let ranks: TableRanks

    /// Makes the value.
    ///
    /// - Parameters:
    ///   - all: what happens to the rows of every table.
    ///   - ranks: the order of the tables.
    public init(_ table: ObjectID, in all: [ObjectID: Changes], ranks: TableRanks) {
        self.table = table
        self.all = all
        self.ranks = ranks
        changes = all[table] ?? Changes()
    }

    /// What stands for the rows of a table: there when those that are there are what they are to
    /// be.
    public static func id(_ table: ObjectID) -> ObjectID {
        ObjectID(ObjectKind(rawValue: "data"), table.path)
    }

    /// How people read a number of rows.
    public static func words(_ count: Int) -> String { count == 1 ? "1 row" : "\(count) rows" }

    /// The rows that come.
    public func insertion(_ statements: [SQL], undo: Undo) -> Operation {
        let rows = changes.created.map(\.object)
        var operation = operation("insert", rows.count, "into", statements, .backfill, undo)
        operation.sequence = 2
        operation.produces = Set(rows.map(\.id))
        operation.touches = rows.map { Step.Touch(object: $0.id, before: nil, after: $0.digest) }
        arrive(rows, in: &operation)
        return operation
    }

    /// The rows that get other values.
    ///
    /// - Parameter overwritten: in how many of them a value that is known is another one then.
    public func update(_ statements: [SQL], undo: Undo, overwritten: Int) -> Operation {
        let rows = changes.altered
        var operation = operation("update", rows.count, "of", statements, .backfill, undo)
        operation.sequence = 1
        operation.produces = Set(rows.map(\.new.object.id)).union([Self.id(table)])
        operation.touches = rows.map {
            Step.Touch(
                object: $0.new.object.id, before: $0.old.object.digest,
                after: $0.new.object.digest)
        }
        arrive(rows.map(\.new.object), in: &operation)
        guard overwritten > 0 else { return operation }
        operation.data = .lossy
        operation.effects.losses = [
            .init(object: table, relation: table, what: "values of \(Self.words(overwritten))")
        ]
        return operation
    }

    /// The rows that go.
    public func deletion(_ statements: [SQL], undo: Undo) -> Operation {
        let rows = changes.dropped.map(\.object)
        var operation = operation("delete", rows.count, "of", statements, .contract, undo)
        operation.sequence = 0
        operation.produces = [Self.id(table)]
        operation.destroys = Set(rows.map(\.id))
        operation.touches = rows.map { Step.Touch(object: $0.id, before: $0.digest, after: nil) }
        operation.data = .destroyed
        operation.effects.losses = [
            .init(object: table, relation: table, what: Self.words(rows.count))
        ]
        operation.effects.breaks = [
            .init(
                object: table,
                consequence: "queries no longer find \(Self.words(rows.count))", isFailure: false)
        ]
        operation.releases = rows.reduce(into: [table]) { $0.formUnion($1.dependencies) }
        // The rows to which these refer go after them.
        for parent in ranks.earlier(than: table) {
            operation.releases.formUnion(all[parent]?.dropped.map(\.object.id) ?? [])
        }
        return operation
    }

    private func operation(
        _ verb: String, _ count: Int, _ word: String, _ statements: [SQL], _ phase: Phase,
        _ undo: Undo
    ) -> Operation {
        let verbs = verb.prefix(1).uppercased() + verb.dropFirst()
        var operation = Operation(
            verb, Self.id(table), title: "\(verbs) \(Self.words(count)) \(word) \(table)",
            .statements(statements), phase: phase, undo: undo)
        operation.data = .kept
        return operation
    }

    private func arrive(_ rows: [Object], in operation: inout Operation) {
        operation.consumes = rows.reduce(into: [table]) { $0.formUnion($1.dependencies) }
        for parent in ranks.earlier(than: table) {
            operation.consumes.formUnion(all[parent]?.created.map(\.object.id) ?? [])
        }
    }
}

extension Operation {
    /// Says that it makes triggers fire, of which nobody knows a way back.
    public mutating func fires(_ triggers: [ObjectID]) {
        if triggers.isEmpty { return }
        let names = triggers.map(\.description).joined(separator: ", ")
        title += ", which fires \(names)"
        let done = "what \(names) did"
        switch undo.claim {
        case .exact: undo.claim = .shape(loses: done)
        case .shape(let others): undo.claim = .shape(loses: "\(others), \(done)")
        case .none: break
        }
    }
}
