import Foundation
import Planning
import SchemaCore
import TestSupport
import Testing

/// One case of `Corpus/risk/<RuleName>/{bad,good}`: facts, written short, and what the rule finds.
struct RiskCase: CustomTestStringConvertible, Sendable {
    let rule: String
    let isBad: Bool
    let folder: URL
    let facts: Facts

    var testDescription: String { "\(rule): \(facts.title)" }

    /// The suite's folder, from which the corpus is found.
    private static let suite =
        URL(filePath: #filePath).deletingLastPathComponent().path
    static let root = URL(filePath: corpusFolder("risk", from: suite))

    static let all: [RiskCase] = {
        do {
            return try load()
        } catch {
            preconditionFailure("the corpus cannot be read: \(error)")
        }
    }()

    private static func load() throws -> [RiskCase] {
        try folders(in: root).flatMap { rule in
            try ["bad", "good"].flatMap { sort in
                try folders(in: rule.appending(path: sort)).map { folder in
                    let data = try Data(contentsOf: folder.appending(path: "facts.json"))
                    return RiskCase(
                        rule: rule.lastPathComponent, isBad: sort == "bad", folder: folder,
                        facts: try JSONDecoder().decode(Facts.self, from: data))
                }
            }
        }
    }

    private static func folders(in url: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            .filter(\.hasDirectoryPath).sorted { $0.path < $1.path }
    }

    func findings(_ rule: any RiskRule) -> [Finding] {
        let target = RiskTarget(unmodelled: facts.unmodelled ?? [])
        guard let step = facts.step?.value else { return rule.findings(in: target) }
        let following = facts.following.map { [PlannedStep(step: step, effects: $0.value)] } ?? []
        let subject = RiskSubject(
            step: step, effects: facts.effects?.value ?? Effects(),
            observations: facts.observations, following: following,
            created: Set(facts.created ?? []))
        return rule.findings(for: subject) + rule.findings(in: target)
    }
}

struct Facts: Decodable, Sendable {
    struct Touch: Decodable {
        enum Change: String, Decodable { case create, alter, drop }
        let object: ObjectID
        let change: Change
    }
    struct ShortProbe: Decodable {
        let name: String
        let counts: String
        let object: ObjectID
        let meaning: Probe.Meaning
    }
    struct ShortStep: Decodable {
        let id: String
        let title: String
        let data: DataClass
        let probes: [ShortProbe]
        let touches: [Touch]
        let residue: [Residue]?
    }
    struct ShortEffects: Decodable {
        let locks: [Effects.Lock]?
        let rewrites: [ObjectID]?
        let scans: [ObjectID]?
        let builds: [ObjectID]?
        let losses: [Effects.Loss]?
        let breaks: [Effects.Break]?
        let notes: [Effects.WorkNote]?
        let exposures: [Effects.Exposure]?
    }
    struct Size: Decodable, Sendable {
        let relation: ObjectID
        let rows: Int64
        let heapBytes: Int64
        let indexBytes: Int64
    }
    enum ShortAnswer: Decodable, Sendable {
        case count(Int64)
        case unknown(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                self = .count(number)
            } else {
                self = .unknown(try container.decode(String.self))
            }
        }
    }

    let title: String
    let step: Decoded<ShortStep, Step>?
    let effects: Decoded<ShortEffects, Effects>?
    let following: Decoded<ShortEffects, Effects>?
    let created: [ObjectID]?
    let sizes: [Size]?
    let answers: [String: ShortAnswer]?
    let denials: [Observations.Denial]?
    let unmodelled: [Unmodelled]?

    var observations: Observations {
        Observations(
            sizes: (sizes ?? []).map {
                .init(
                    relation: $0.relation,
                    size: .init(
                        rows: $0.rows, heapBytes: $0.heapBytes, indexBytes: $0.indexBytes))
            },
            answers: (answers ?? [:]).sorted { $0.key < $1.key }.map { name, answer in
                let full: Observations.Answer =
                    switch answer {
                    case .count(let number): .count(number)
                    case .unknown(let reason): .unknown(reason: reason)
                    }
                return .init(step: step?.value.id ?? "", probe: name, answer: full)
            }, denials: denials ?? [])
    }
}

/// A full value, decoded from its short form.
struct Decoded<Short: Decodable & Lengthened, Value: Sendable>: Decodable, Sendable
where Short.Full == Value {
    let value: Value

    init(from decoder: any Decoder) throws { value = try Short(from: decoder).full }
}

protocol Lengthened {
    associatedtype Full
    var full: Full { get }
}

extension Facts.ShortStep: Lengthened {
    var full: Step {
        let before = Digest(of: "before")
        let after = Digest(of: "after")
        return Step(
            id: id, title: title, phase: .expand, action: .statements([Statement("select 1")]),
            transaction: .own,
            probes: probes.map {
                Probe(
                    name: $0.name, counts: $0.counts, object: $0.object,
                    query: Statement("select 0"), meaning: $0.meaning)
            }, undo: Undo(.exact, []), data: data,
            touches: touches.map {
                switch $0.change {
                case .create: .init(object: $0.object, before: nil, after: after)
                case .alter: .init(object: $0.object, before: before, after: after)
                case .drop: .init(object: $0.object, before: before, after: nil)
                }
            }, residue: residue)
    }
}

extension Facts.ShortEffects: Lengthened {
    var full: Effects {
        Effects(
            locks: locks ?? [], rewrites: rewrites ?? [], scans: scans ?? [], builds: builds ?? [],
            losses: losses ?? [], breaks: breaks ?? [], notes: notes ?? [],
            exposures: exposures)
    }
}
