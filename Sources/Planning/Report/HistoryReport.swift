public import SchemaCore

/// What was ever applied to a target, as its journal tells.
public struct HistoryReport: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public private(set) var apiVersion = "lockstep.dev/v1"
    /// `HistoryReport`.
    public private(set) var kind = "HistoryReport"
    /// The target, without secrets.
    public let target: String
    /// The attempts, the newest first.
    public let attempts: [Attempt]
    /// Where the chain of hashes does not hold; nil if it is whole.
    public let chainBreak: JournalBreak?

    /// One attempt to apply a plan.
    public struct Attempt: Hashable, Codable, Sendable {
        /// Its number: that of the journal's entry that started it.
        public let number: Int64
        /// When it began, by the server's clock.
        public let started: String
        /// When its last entry was written.
        public internal(set) var lastEntry: String
        /// How it ended; nil if it was cut off or rests.
        public internal(set) var result: AttemptResult?
        /// The phase after which it rests, waiting for the next one; nil if it does not.
        public internal(set) var restsAfter: Phase?
        /// The plan that it takes back, if it is the way back from one.
        public let undoes: Digest?
        /// Who ran it.
        public let actor: String
        /// The revision of the manifests, if they had one.
        public let revision: String?
        /// The digest of its plan.
        public let planDigest: Digest
        /// The highest risk of its plan.
        public let risk: Risk
        /// The destructive steps that were acknowledged.
        public let acknowledged: [String]
        /// The version of Lockstep.
        public let toolVersion: String
        /// How many steps its plan has.
        public let stepCount: Int
        /// The steps that came to an end, in order.
        public internal(set) var steps: [StepRecord]
        /// What its plan put, or was to put, into quarantine; nil if nothing.
        public let residue: [Residue]?
        /// For how many seconds that is kept; nil if nothing is.
        public let retention: Int?
        /// How often it went on after it rested or was cut off.
        public internal(set) var resumed: Int
    }

    /// What became of one step.
    public struct StepRecord: Hashable, Codable, Sendable {
        /// Its id.
        public let step: String
        /// How long it took; nil if it failed.
        public let milliseconds: Int64?
        /// Why it failed; nil if it is done.
        public let failure: String?
    }

    /// Reads the journal's entries.
    ///
    /// - Parameter chainBreak: what the check of the chain found.
    public init(target: String, entries: [JournalEntry], chainBreak: JournalBreak?) {
        self.target = target
        self.chainBreak = chainBreak
        var attempts: [Attempt] = []
        for entry in entries {
            if case .attemptStarted(let started) = entry.event {
                attempts.append(Attempt(entry, started))
            } else if let last = attempts.indices.last {
                attempts[last].read(entry)
            }
        }
        self.attempts = attempts.reversed()
    }

    /// For people, with a line end behind.
    public var text: String {
        var lines = attempts.flatMap { $0.lines }
        if lines.isEmpty { lines = ["Nothing was applied yet."] }
        if let chainBreak {
            lines += [
                "",
                "The journal was tampered with at entry \(chainBreak.sequence): "
                    + TerminalSafe.line(chainBreak.why) + ". Do not rely on what it says from "
                    + "there on; find out who can write to the schema lockstep.",
            ]
        } else {
            lines += ["", "The journal's chain of hashes is whole."]
        }
        return ([TerminalSafe.line(target), ""] + lines).joined(separator: "\n") + "\n"
    }

    /// The JSON, with a line end behind.
    public var json: String { ReportJSON.text(self) }
}

extension HistoryReport.Attempt {
    fileprivate init(_ entry: JournalEntry, _ started: JournalEvent.AttemptStarted) {
        number = entry.sequence
        self.started = entry.time
        lastEntry = entry.time
        result = nil
        undoes = started.plan.undoes?.plan
        actor = started.actor
        revision = started.revision
        planDigest = started.planDigest
        risk = started.risk
        acknowledged = started.acknowledged
        toolVersion = started.toolVersion
        stepCount = started.plan.steps.count
        let residue = started.plan.steps.flatMap { $0.residue ?? [] }
        self.residue = residue.isEmpty ? nil : residue
        retention = started.plan.options.retention
        steps = []
        resumed = 0
    }

    fileprivate mutating func read(_ entry: JournalEntry) {
        lastEntry = entry.time
        switch entry.event {
        case .attemptStarted, .stepStarted: break
        case .stepDone(_, let step, let milliseconds):
            steps.append(.init(step: step, milliseconds: milliseconds, failure: nil))
        case .stepFailed(_, let step, let code, let message):
            let failure = code.map { "\(message) (\($0))" } ?? message
            steps.append(.init(step: step, milliseconds: nil, failure: failure))
        case .attemptResumed:
            resumed += 1
            restsAfter = nil
        case .phaseEnded(_, let phase, _): restsAfter = phase
        case .attemptEnded(_, let result, _):
            self.result = result
            restsAfter = nil
        }
    }

    /// How long the steps that are done took together, in milliseconds.
    public var milliseconds: Int64 { steps.compactMap(\.milliseconds).reduce(0, +) }

    fileprivate var lines: [String] {
        let word =
            result?.rawValue ?? restsAfter.map { "resting after \($0.rawValue)" } ?? "unfinished"
        let done = steps.count { $0.failure == nil }
        let revision = revision.map { ", revision \($0)" } ?? ""
        var lines = [
            "#\(number)  \(started)  \(word)  \(risk.rawValue)  plan \(planDigest.short)",
            "    by \(actor)\(revision), lockstep \(toolVersion)",
            "    \(done) of \(HumanText.count(Int64(stepCount), "step")) in "
                + HumanText.duration(milliseconds: milliseconds)
                + (resumed == 0 ? "" : ", resumed \(HumanText.count(Int64(resumed), "time"))"),
        ]
        if let undoes { lines.append("    takes back plan \(undoes.short)") }
        lines += acknowledged.map { "    acknowledged: \($0)" }
        lines += (residue ?? []).map { "    into quarantine: \($0.object), as \($0.place)" }
        for record in steps {
            if let failure = record.failure {
                lines.append("    failed: \(record.step): \(failure)")
            }
        }
        return lines.map(TerminalSafe.line)
    }
}
