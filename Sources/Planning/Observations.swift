public import SchemaCore

/// What was measured on a target for a plan: it informs people and findings, and steers nothing.
public struct Observations: Hashable, Codable, Sendable {
    /// The size of a relation.
    public struct Size: Hashable, Codable, Sendable {
        /// Rows as the statistics estimate them, or counted where there are none.
        public var rows: Int64
        /// Bytes of the heap with its TOAST.
        public var heapBytes: Int64
        /// Bytes of its indexes.
        public var indexBytes: Int64

        /// Makes the value.
        public init(rows: Int64, heapBytes: Int64, indexBytes: Int64) {
            self.rows = rows
            self.heapBytes = heapBytes
            self.indexBytes = indexBytes
        }
    }

    /// The answer to a probe.
    public enum Answer: Hashable, Codable, Sendable {
        /// So many.
        case count(Int64)
        /// One at least: the question itself failed on a value, for this reason, as the step
        /// would.
        case atLeastOne(reason: String)
        /// None was had, for this reason: the time was up, a privilege is missing.
        case unknown(reason: String)

        // The name in JSON of what has no label here.
        private enum CountCodingKeys: String, CodingKey { case _0 = "number" }
    }

    /// A probe's answer.
    public struct ProbeAnswer: Hashable, Codable, Sendable {
        /// The step's id.
        public var step: String
        /// The probe's name.
        public var probe: String
        /// The answer.
        public var answer: Answer

        /// Makes the value.
        public init(step: String, probe: String, answer: Answer) {
            self.step = step
            self.probe = probe
            self.answer = answer
        }
    }

    /// Something that a step needs and the session's role may not do.
    public struct Denial: Hashable, Codable, Sendable {
        /// The step's id.
        public var step: String
        /// The object on which the privilege is missing.
        public var object: ObjectID
        /// What is missing, for people, behind `needs`: `to own it (its owner is alice)`.
        public var needs: String

        /// Makes the value.
        public init(step: String, object: ObjectID, needs: String) {
            self.step = step
            self.object = object
            self.needs = needs
        }
    }

    /// Sizes by relation, in order of the addresses.
    public var sizes: [RelationSize]
    /// Answers in the order of steps and probes.
    public var answers: [ProbeAnswer]
    /// What the role may not do, in the order of steps and addresses; empty where it may do all,
    /// or where the engine has no roles.
    public var denials: [Denial]

    /// The size of one relation.
    public struct RelationSize: Hashable, Codable, Sendable {
        /// The relation.
        public var relation: ObjectID
        /// Its size.
        public var size: Size

        /// Makes the value.
        public init(relation: ObjectID, size: Size) {
            self.relation = relation
            self.size = size
        }
    }

    /// Makes the value.
    public init(
        sizes: [RelationSize] = [], answers: [ProbeAnswer] = [], denials: [Denial] = []
    ) {
        self.sizes = sizes
        self.answers = answers
        self.denials = denials
    }

    /// The size of a relation, if it was read.
    public func size(of relation: ObjectID) -> Size? {
        sizes.first { $0.relation == relation }?.size
    }

    /// The answer to a probe, if it was asked.
    public func answer(step: String, probe: String) -> Answer? {
        answers.first { $0.step == step && $0.probe == probe }?.answer
    }
}
