// Owns the list of differences that a plan removes, read from what its steps touch. Invariant: it
// names no engine's kinds, but for tables and the words of the parts that hang on other objects.

public import SchemaCore

/// What a plan makes, changes and removes, grouped by the objects that stand by themselves.
public struct PlanChanges: Hashable, Sendable {
    /// What becomes of an object.
    public enum Sort: String, Hashable, Codable, Sendable {
        /// It comes.
        case created
        /// It changes.
        case altered
        /// It gets another name.
        case renamed
        /// It goes.
        case dropped
    }

    /// One difference.
    public struct Item: Hashable, Sendable {
        /// The address afterwards; before, if it is gone.
        public var object: ObjectID
        /// What becomes of it.
        public var sort: Sort
        /// The address before, if it is another.
        public var from: ObjectID?
        /// The steps that touch it, by their places in the plan, from 0.
        public var steps: [Int]
    }

    /// An object that stands by itself, with what becomes of its parts.
    public struct Group: Hashable, Sendable {
        /// It and what becomes of it: altered, if only parts of it are touched.
        public var head: Item
        /// Its parts: columns, constraints, labels, comments.
        public var parts: [Item]
    }

    /// By address.
    public let groups: [Group]

    /// Reads the differences from the steps of a plan.
    public init(_ plan: Plan) {
        var items: [ObjectID: Item] = [:]
        for (id, life) in Self.lives(plan) {
            guard let sort = life.sort else { continue }
            items[id] = Item(object: id, sort: sort, from: nil, steps: life.steps)
        }
        Self.joinRenames(plan, &items)
        groups = Self.grouped(items)
    }

    /// How many groups become so.
    public func count(_ sort: Sort) -> Int { groups.count { $0.head.sort == sort } }

    // MARK: Reading the touches

    private struct Life {
        var before: Digest?
        var after: Digest?
        var steps: [Int]

        var sort: Sort? {
            switch (before, after) {
            case (nil, nil): nil
            case (nil, .some): .created
            case (.some, nil): .dropped
            case (.some(let before), .some(let after)): before == after ? nil : .altered
            }
        }
    }

    private static func lives(_ plan: Plan) -> [ObjectID: Life] {
        var lives: [ObjectID: Life] = [:]
        for (index, step) in plan.steps.enumerated() {
            for touch in step.touches {
                var life = lives[touch.object] ?? Life(before: touch.before, steps: [])
                life.after = touch.after
                if life.steps.last != index { life.steps.append(index) }
                lives[touch.object] = life
            }
        }
        return lives
    }

    /// A step that takes away one object of a kind and brings one of the same kind renames it.
    private static func joinRenames(_ plan: Plan, _ items: inout [ObjectID: Item]) {
        var moved: [ObjectID: ObjectID] = [:]
        for step in plan.steps where step.data < .destroyed {
            let gone = heads(step.touches.filter { $0.before != nil && $0.after == nil })
            let come = heads(step.touches.filter { $0.before == nil && $0.after != nil })
            for (kind, old) in gone {
                guard old.count == 1, let new = come[kind], new.count == 1,
                    items[old[0]]?.sort == .dropped, items[new[0]]?.sort == .created
                else { continue }
                items[new[0]]?.sort = .renamed
                items[new[0]]?.from = old[0]
                items[old[0]] = nil
                moved[old[0]] = new[0]
            }
        }
        // The parts of what was renamed went along.
        for (id, item) in items where item.sort == .dropped {
            guard let owner = id.standing, let target = moved[owner] else { continue }
            let depth = owner.path.count
            for (other, twin) in items where twin.sort == .created && other.kind == id.kind {
                if other.standing == target,
                    Array(other.addressed.dropFirst(depth)) == Array(id.addressed.dropFirst(depth))
                {
                    items[id] = nil
                    items[other] = nil
                }
            }
        }
    }

    private static func heads(_ touches: [Step.Touch]) -> [ObjectKind: [ObjectID]] {
        let objects = Set(touches.map(\.object))
        return Dictionary(
            grouping: objects.filter { id in
                id.standing.map { !objects.contains($0) } ?? true
            }, by: \.kind)
    }

    private static func grouped(_ items: [ObjectID: Item]) -> [Group] {
        var groups: [ObjectID: Group] = [:]
        for (id, item) in items where id.standing == nil {
            groups[id] = Group(head: item, parts: [])
        }
        for (id, item) in items.sorted(by: { $0.key < $1.key }) {
            guard let owner = id.standing else { continue }
            let head = Item(object: owner, sort: .altered, from: nil, steps: [])
            var group = groups[owner] ?? Group(head: head, parts: [])
            group.parts.append(item)
            group.head.steps = Set(group.head.steps + item.steps).sorted()
            groups[owner] = group
        }
        return groups.values.sorted { $0.head.object < $1.head.object }
    }
}

extension ObjectID {
    /// What this object is a part of and cannot be without; nil for what stands by itself.
    var standing: ObjectID? {
        if let subject { return subject.standing ?? subject }
        switch kind.rawValue {
        case "column", "default", "constraint", "trigger", "policy", "rule":
            return path.count > 1 ? owner(.table) : nil
        case "label":
            return path.count > 1 ? owner(ObjectKind(rawValue: "enum")) : nil
        default:
            return nil
        }
    }

    /// The path of the object itself or, for a facet, of its subject.
    fileprivate var addressed: [String] { subject?.path ?? path }

    private func owner(_ kind: ObjectKind) -> ObjectID { ObjectID(kind, Array(path.dropLast())) }
}
