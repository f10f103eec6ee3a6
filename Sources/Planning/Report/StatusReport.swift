internal import Foundation
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
    /// What is in quarantine, in the order of the places; nil if nothing is.
    public let quarantine: [Kept]?
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

    /// Something in quarantine.
    public struct Kept: Hashable, Codable, Sendable {
        /// What it was.
        public let object: ObjectID
        /// Where it is.
        public let place: ObjectID
        /// The attempt that put it there.
        public let attempt: Int64
        /// Until when it stays at least.
        public let until: String?
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
    ///   - places: what is there of all that was put into quarantine.
    public init(
        history: HistoryReport, drift: DriftReport, pendingSteps: Int?, places: Set<ObjectID> = []
    ) {
        let kept = places.isEmpty ? [] : Self.kept(history, places)
        quarantine = kept.isEmpty ? nil : kept
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

    private static func kept(_ history: HistoryReport, _ places: Set<ObjectID>) -> [Kept] {
        let format = ISO8601DateFormatter()
        var kept: [ObjectID: Kept] = [:]
        // The newest attempts come first.
        for attempt in history.attempts {
            for residue in attempt.residue ?? []
            where places.contains(residue.place) && kept[residue.place] == nil {
                // Behind the seconds there are fractions of one.
                let end = format.date(from: attempt.lastEntry.prefix(19) + "Z")
                    .flatMap { end in attempt.retention.map { end + TimeInterval($0) } }
                kept[residue.place] = Kept(
                    object: residue.object, place: residue.place, attempt: attempt.number,
                    until: end.map(format.string))
            }
        }
        return kept.values.sorted { $0.place < $1.place }
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
            }
            + (quarantine ?? []).map { kept in
                TerminalSafe.line(
                    "  kept     \(kept.object), as \(kept.place) since #\(kept.attempt)"
                        + (kept.until.map { ", until \($0)" } ?? ""))
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
