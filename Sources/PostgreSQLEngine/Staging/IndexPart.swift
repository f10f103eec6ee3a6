// Owns what an index on a partitioned table has to have on each partition. Invariant: a part is as
// the server would make it, but for what a manifest states of it.

import Planning
import SchemaCore

/// A partition's part of an index, that has to come.
struct IndexPart {
    let id: ObjectID
    /// The partition.
    let table: ObjectID
    let definition: IndexDefinition
    /// The index that it is to be a part of.
    let above: ObjectID
    /// Whether the partition has partitions itself.
    let isBranch: Bool
    /// Whether it is there as the partition's own.
    let isThere: Bool
    /// Whether the partition comes with this plan.
    let isNew: Bool

    var digest: Digest { PostgreSQLObject(id, .index(definition)).digest }

    /// What is read of it when it is a part.
    func made(of root: ObjectID, _ index: IndexDefinition) -> PostgreSQLObject {
        let place = PartDefinition.Place(options: index.options, tablespace: index.tablespace)
        return PostgreSQLObject(
            ObjectID(.part, table.path + [root.name]),
            .plain(
                .part(
                    PartDefinition(
                        name: id.name, options: definition.options,
                        tablespace: definition.tablespace ?? PartDefinition.usualTablespace,
                        above: place))),
            dependencies: [.schema(table.path[0]), table, root])
    }

    var attaching: SQL { "ALTER INDEX \(name: above.path) ATTACH PARTITION \(name: id.path)" }

    func creation(_ way: IndexDefinition.Way) -> SQL {
        definition.creation(schema: id.path[0], name: id.name, way)
    }
}

extension PartitionTree {
    /// The parts that an index on a table has not, each after the one that it is a part of.
    ///
    /// - Parameter places: what the plan takes. A partition that leaves for the sake of another's
    ///   bound is gone before.
    func missingParts(
        of root: ObjectID, _ index: IndexDefinition, on table: ObjectID, _ context: PlanContext,
        beside places: Set<NameSlot> = [], _ names: inout StagingNames
    ) -> [IndexPart] {
        var parts: [IndexPart] = []
        var queue = [(table: table, index: root)]
        while !queue.isEmpty {
            let above = queue.removeFirst()
            let bounds = NameSlot(space: .other, path: ["bounds"] + above.table.path)
            for partition in partitions(of: above.table) {
                let leaves =
                    context.settled[partition] != nil && context.desired[partition] == nil
                if leaves && places.contains(bounds) { continue }
                let isBranch =
                    (self[partition] ?? context.desired[partition])?.isPartitioned == true
                if let own = self[partition]?.partition?.names[above.index.name] {
                    if isBranch { queue.append((partition, .index(partition.path[0], own))) }
                    continue
                }
                let part = part(of: root, index, on: partition, above.index, context, &names)
                parts.append(part)
                if isBranch { queue.append((partition, part.id)) }
            }
        }
        // What is built is built when all that it is to be a part of is there.
        return parts.filter(\.isBranch) + parts.filter { !$0.isBranch }
    }

    /// The operations with the removal of partitions' own indexes before the making of one that
    /// the server would make of them parts of.
    func adopting(
        _ creation: Operation, _ index: IndexDefinition, on table: ObjectID,
        _ context: PlanContext, _ operations: [Operation]
    ) -> [Operation] {
        var queue = partitions(of: table)
        var alike: Set<ObjectID> = []
        while let partition = queue.popLast() {
            queue += partitions(of: partition)
            for object in context.settledIndex.parts(of: partition) {
                guard case .index(let own) = object.definition else { continue }
                if own.isPart(of: index) { alike.insert(object.id) }
            }
        }
        if alike.isEmpty { return operations }
        let slots = alike.map { NameSlot(space: .other, path: ["own-index"] + $0.path) }
        return operations.map { operation in
            var operation = operation
            if operation.verb == "drop", alike.contains(operation.subject) {
                operation.frees.insert(
                    NameSlot(space: .other, path: ["own-index"] + operation.subject.path))
            } else if operation.verb == "create", operation.subject == creation.subject {
                operation.takes.formUnion(slots)
            }
            return operation
        }
    }

    private func part(
        of root: ObjectID, _ index: IndexDefinition, on table: ObjectID, _ above: ObjectID,
        _ context: PlanContext, _ names: inout StagingNames
    ) -> IndexPart {
        let schema = table.path[0]
        var definition = index.withoutStatistics
        definition.table = table.name
        let stated = context.desired[ObjectID(.part, [schema, table.name, root.name])]
        if case .plain(.part(let part))? = stated?.definition {
            definition.options = part.options ?? index.options
            if let place = part.tablespace {
                definition.tablespace = place == PartDefinition.usualTablespace ? nil : place
            }
        }
        let isBranch = (self[table] ?? context.desired[table])?.isPartitioned == true
        let own = context.settledIndex.parts(of: table).first { object in
            guard !isBranch, case .index(let own) = object.definition else { return false }
            return own == definition && context.desired[object.id] == nil
                && context.settledIndex.standing(on: object.id).isEmpty
        }
        let name =
            own?.id.name
            ?? context.desired[table]?.partition?.names[above.name].map {
                names.free(in: schema, taking: $0, "idx")
            }
            ?? names.free(in: schema, table.name, index.columnNames, "idx")
        return IndexPart(
            id: .index(schema, name), table: table, definition: definition, above: above,
            isBranch: isBranch, isThere: own != nil, isNew: self[table] == nil)
    }
}

extension IndexDefinition {
    /// Whether the server takes it for a part of an index above.
    func isPart(of above: IndexDefinition) -> Bool {
        func bare(_ index: IndexDefinition) -> IndexDefinition {
            var out = index.withoutStatistics
            out.table = above.table
            out.options = [:]
            out.tablespace = nil
            for place in out.keys.indices {
                out.keys[place].isDescending = false
                out.keys[place].nullsFirst = false
            }
            return out
        }
        return bare(self) == bare(above)
    }

    /// What the server makes its name for a part of: the columns, each called once, and `expr` for
    /// what is none.
    var columnNames: String {
        var names: [String] = []
        let all =
            keys.map { key in
                switch key.element {
                case .column(let name): name
                case .expression: "expr"
                }
            } + include
        for name in all {
            var unique = name
            var number = 1
            while names.contains(unique) {
                unique = "\(name)\(number)"
                number += 1
            }
            names.append(unique)
        }
        return names.joined(separator: "_")
    }
}
