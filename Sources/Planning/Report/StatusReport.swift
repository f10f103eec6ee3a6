public import SchemaCore

/// How a target stands: what was applied last, what is pending, and whether it drifted.
public struct StatusReport: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public private(set) var apiVersion = "lockstep.dev/v1"
    /// `StatusReport`.
    public private(set) var kind = "StatusReport"
    /// The target, without secrets.
    public let target: String
    /// The last attempt that was applied whole; nil where there was none.
    public let lastApplied: LastApplied?
    /// The newest attempt, if it was cut off (the next apply resumes it) or failed (the next apply
    /// makes a new plan).
    public let unfinished: Unfinished?
    /// How many steps bring live to desired; nil where no desired state was read.
    public let pendingSteps: Int?
    /// How the live database differs from what was last applied.
    public let drift: DriftReport
    /// Where the journal's chain of hashes does not hold; nil if it is whole.
    public let chainBreak: JournalBreak?
    /// Whether nothing is pending, nothing drifted, no attempt is cut off and the journal is whole.
    public let isInSync: Bool

    /// What was applied last.
    public struct LastApplied: Hashable, Codable, Sendable {
        /// When, by the server's clock.
        public let time: String
        /// The revision of the manifests, if they had one.
        public let revision: String?
        /// The plan's digest.
        public let planDigest: Digest
        /// Who ran it.
        public let actor: String
    }

    /// An attempt that did not come to its end.
    public struct Unfinished: Hashable, Codable, Sendable {
        /// Its number in the journal.
        public let number: Int64
        /// When it began.
        public let started: String
        /// The plan's digest.
        public let planDigest: Digest
        /// How many of its steps are done.
        public let doneSteps: Int
        /// How many steps its plan has.
        public let stepCount: Int
        /// Whether a step failed; else it was cut off or rests.
        public let isFailed: Bool
        /// The phase after which it rests, waiting for the next one; nil if it does not.
        public let restsAfter: Phase?
    }

    /// Puts the status together.
    ///
    /// - Parameters:
    ///   - pendingSteps: the number of steps of a plan made now; nil where none was made.
    public init(history: HistoryReport, drift: DriftReport, pendingSteps: Int?) {
        target = drift.target
        self.drift = drift
        self.pendingSteps = pendingSteps
        chainBreak = history.chainBreak
        lastApplied = history.attempts.first { $0.result == .applied }.map {
            LastApplied(
                time: $0.lastEntry, revision: $0.revision, planDigest: $0.planDigest,
                actor: $0.actor)
        }
        unfinished = history.attempts.first.flatMap { attempt in
            switch attempt.result {
            case .applied, .abandoned: nil
            case .failed, nil:
                Unfinished(
                    number: attempt.number, started: attempt.started,
                    planDigest: attempt.planDigest,
                    doneSteps: attempt.steps.count { $0.failure == nil },
                    stepCount: attempt.stepCount, isFailed: attempt.result == .failed,
                    restsAfter: attempt.restsAfter)
            }
        }
        isInSync =
            (pendingSteps ?? 0) == 0 && !drift.hasDrift && chainBreak == nil
            && unfinished?.isFailed ?? true
    }

    /// For people, with a line end behind.
    public var text: String {
        let rows = [
            ("applied", appliedText), ("pending", pendingText), ("drift", driftText),
            ("attempt", attemptText),
            (
                "journal",
                chainBreak.map { "tampered with at entry \($0.sequence): \($0.why)" } ?? "whole"
            ),
        ]
        return
            ([TerminalSafe.line(target)]
            + rows.map { name, value in
                let padding = String(repeating: " ", count: 9 - name.count)
                return TerminalSafe.line("  \(name)\(padding)\(value)")
            }).joined(separator: "\n") + "\n"
    }

    /// The JSON, with a line end behind.
    public var json: String { ReportJSON.text(self) }

    private var appliedText: String {
        guard let lastApplied else { return "nothing yet" }
        return "\(lastApplied.time), plan \(lastApplied.planDigest.short)"
            + (lastApplied.revision.map { ", revision \($0)" } ?? "") + ", by \(lastApplied.actor)"
    }

    private var pendingText: String {
        guard let pendingSteps else { return "not known: no manifests were read" }
        return pendingSteps == 0
            ? "nothing; live and desired are equal"
            : HumanText.count(Int64(pendingSteps), "step") + "; lockstep plan shows them"
    }

    private var driftText: String {
        guard drift.isApplied else { return "not known: nothing was applied yet" }
        guard drift.hasDrift else { return "none" }
        let parts: [DriftReport.Drift.Change] = [.added, .changed, .removed]
        return parts.compactMap { change in
            let count = drift.count(change)
            return count == 0 ? nil : "\(count) \(change.rawValue)"
        }.joined(separator: ", ") + "; lockstep drift shows them"
    }

    private var attemptText: String {
        guard let unfinished else { return "none unfinished" }
        let (verb, next) =
            if let phase = unfinished.restsAfter {
                ("rests after \(phase.rawValue),", "lockstep apply --phase runs the next one")
            } else if unfinished.isFailed {
                ("failed after", "lockstep apply makes a new plan")
            } else {
                ("was cut off after", "lockstep apply goes on from there")
            }
        return "#\(unfinished.number) of \(unfinished.started) \(verb) "
            + "\(unfinished.doneSteps) of "
            + HumanText.count(Int64(unfinished.stepCount), "step") + "; \(next)"
    }
}
