import Manifest
import Planning
import SchemaCore

/// A kind of object that the planner treats like every other: it says what it is in SQL, what it
/// locks and which names it takes, and needs no strategy of its own. A kind whose changes concern
/// the rows or the shape of tables is a case of `PostgreSQLObject.Definition` instead.
///
/// What is the same for all objects of a kind, whatever their definition, stands in `KindWords`.
protocol PlainKind: Hashable, Codable, Sendable {
    /// The statements that make it; what it depends on is there.
    func creation(_ id: ObjectID) -> [SQL]

    /// The statements that remove it; the default is `DROP` with its word.
    func removal(_ id: ObjectID) -> [SQL]

    /// The same where more than it was decides what is there afterwards.
    func removal(_ id: ObjectID, in context: PlanContext) -> [SQL]

    /// What it belongs to and vanishes with; the default is its schema, if it has one.
    func parent(of id: ObjectID) -> ObjectID?

    /// How it gets from an older definition to this one; the default is to make it again.
    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration

    /// The locks that making or removing it takes on relations.
    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock]

    /// Says in the operation that makes it what that means for rows that are there.
    func describeCreation(_ id: ObjectID, in operation: inout Operation, _ context: PlanContext)

    /// What a program notices when it comes, or is gone for good.
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break]

    /// What is lost with it, if anything is.
    func losses(_ id: ObjectID) -> [Effects.Loss]

    /// The names that it takes.
    func names(_ id: ObjectID) -> Set<NameSlot>

    /// What it has, as it was built, and the manifest that it was built from does not say: the text
    /// of a field can bring more than the field is for. Texts are not compared, since the server
    /// writes them anew.
    func more(than asked: Self) -> String?

    /// Its expressions that can be made again from their print without a loss.
    var expressions: [VerbatimSQL] { get }

    /// The roles that it names, which have to be there.
    var mentionedRoles: [String] { get }

    /// Whether columns can hold values of it, so that it cannot be made again beneath them.
    var isType: Bool { get }

    /// Whether the server changes no type of a column that it names.
    var holdsUpTypes: Bool { get }

    /// When a unit for it is tried in scratch.
    var scratchRank: ScratchUnit.Rank { get }

    /// Whether only a superuser may make it.
    var needsSuperuser: Bool { get }

    /// Who makes it in a scratch database.
    var scratchMaking: ScratchMaking { get }

    /// The statements that make it there.
    func scratchCreation(_ id: ObjectID) -> [SQL]

    /// The statements that fill it there once what they name is made; it can be used before.
    func scratchCompletion(_ id: ObjectID) -> [SQL]

    /// Whether it comes after all that nobody waits for, since it acts on what comes after it.
    var comesLast: Bool { get }

    /// Its manifest; nil for what stands in the manifest of what it belongs to.
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue?

    /// How it stands in the manifest of what it belongs to: under which field, and what.
    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)?
}

/// Who makes an object in a scratch database, where what manifests say runs as a role that owns
/// nothing else.
enum ScratchMaking {
    /// That role.
    case own
    /// A superuser, who gives it to that role at once. Nothing of a manifest runs by it.
    case given
    /// A superuser, who keeps it. Nothing of a manifest runs by it but the function named here,
    /// which therefore has to be in C.
    case kept(calls: VerbatimSQL?)
}

extension PostgreSQLObject {
    /// The roles that it names.
    var mentionedRoles: [String] {
        guard case .plain(let plain) = definition else { return [] }
        // Whom a mapping is for, only its address tells.
        if id.kind == ClauseDefinition.Sort.userMapping.kind {
            return id.path[1] == "public" ? [] : [id.path[1]]
        }
        return plain.kind.mentionedRoles
    }
}

/// What is done to an object.
enum PlainAct { case create, remove }

extension PlainKind {
    func removal(_ id: ObjectID) -> [SQL] { ["DROP \(id.reference)"] }
    func removal(_ id: ObjectID, in context: PlanContext) -> [SQL] { removal(id) }
    func parent(of id: ObjectID) -> ObjectID? {
        id.words?.isInSchema == true ? .schema(id.path[0]) : nil
    }
    func alteration(of id: ObjectID, from old: Self, in context: PlanContext) -> Alteration {
        .recreate
    }
    func locks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Lock] { [] }
    func describeCreation(
        _ id: ObjectID, in operation: inout Operation, _ context: PlanContext
    ) {}
    func breaks(_ id: ObjectID, _ act: PlainAct) -> [Effects.Break] {
        switch act {
        case .create: []
        case .remove:
            [.init(object: id, consequence: "statements that use \(id.dottedPath) fail")]
        }
    }
    func losses(_ id: ObjectID) -> [Effects.Loss] { [] }
    func names(_ id: ObjectID) -> Set<NameSlot> {
        [NameSlot(space: .other, path: [id.kind.rawValue] + id.path)]
    }
    func document(_ id: ObjectID, _ source: ExportSource) -> YAMLValue? { nil }
    func entry(_ id: ObjectID, _ source: ExportSource) -> (field: String, value: YAMLValue)? {
        nil
    }
    func more(than asked: Self) -> String? { nil }
    var expressions: [VerbatimSQL] { [] }
    var mentionedRoles: [String] { [] }
    var isType: Bool { false }
    var holdsUpTypes: Bool { false }
    var needsSuperuser: Bool { false }
    var scratchMaking: ScratchMaking { .own }
    func scratchCreation(_ id: ObjectID) -> [SQL] { creation(id) }
    func scratchCompletion(_ id: ObjectID) -> [SQL] { [] }
    var comesLast: Bool { false }

    /// The same where the other definition's kind has to be found out first.
    fileprivate func anyAlteration(
        of id: ObjectID, from old: any PlainKind, in context: PlanContext
    ) -> Alteration {
        // One address is one kind.
        guard let old = old as? Self else { return .recreate }
        return alteration(of: id, from: old, in: context)
    }

    /// The same where the other definition's kind has to be found out first.
    fileprivate func anythingMore(than asked: any PlainKind) -> String? {
        guard let asked = asked as? Self else { return "another form" }
        return more(than: asked)
    }
}

extension PlainDefinition {
    /// How it gets from an older definition to this one.
    func alteration(
        of id: ObjectID, from old: PlainDefinition, in context: PlanContext
    ) -> Alteration {
        kind.anyAlteration(of: id, from: old.kind, in: context)
    }

    /// What it has and the manifest that it was built from does not say.
    func more(than asked: PlainDefinition) -> String? { kind.anythingMore(than: asked.kind) }

    /// The same with what a scratch database did not get, or does not show, of what was made there.
    func restored(from made: PlainDefinition) -> PlainDefinition {
        guard case .clause(let read) = self, case .clause(let made) = made else { return self }
        return .clause(read.restored(from: made))
    }
}
