// Owns what programs are told of a run.

import Execution
import Planning
import SchemaCore

/// One line of `-o json` on standard output: an object with the word of the event and what goes
/// with it; what does not is left out.
struct RunLine: Encodable {
    /// `started`, `stepDone`, … as in `ApplyEvent`; at the end `ended`.
    var event: String
    /// The target's name; nil where it has none.
    var target: String?
    var attempt: Int64?
    /// The step's id.
    var step: String?
    var title: String?
    /// The step's number, from 1.
    var number: Int?
    /// Steps that are done.
    var done: Int?
    /// All steps.
    var total: Int?
    var milliseconds: Int64?
    var progress: StepProgress?
    /// What went wrong, or why.
    var error: String?
    /// Who holds what is waited for.
    var holders: [LockHolder]?
    /// The number of the next try, and how many there are.
    var nextTry: Int?
    var tries: Int?
    /// What was kept.
    var kept: String?
    /// How it ended: `applied`, `phaseDone`, … as in `ApplyResult`.
    var result: String?
    var exitCode: Int32?

    /// The line of an event.
    init(_ event: ApplyEvent, target: String?) {
        self.init("", target)
        switch event {
        case .started(let attempt, let done, let total):
            self.event = "started"
            (self.attempt, self.done, self.total) = (attempt, done, total)
        case .abandoned(let attempt, let reason):
            self.event = "abandoned"
            (self.attempt, error) = (attempt, "\(reason)")
        case .safeguarded(let safeguard):
            self.event = "safeguarded"
            kept = safeguard.summary
        case .stepStarted(let step, let number, let total):
            self.event = "stepStarted"
            (self.step, title, self.number, self.total) = (step.id, step.title, number, total)
        case .stepProgress(let step, let progress, let milliseconds):
            self.event = "stepProgress"
            (self.step, self.progress, self.milliseconds) = (step.id, progress, milliseconds)
        case .stepDone(let step, let milliseconds):
            self.event = "stepDone"
            (self.step, self.milliseconds) = (step.id, milliseconds)
        case .retry(let step, let error, let holders, let next, let tries):
            self.event = "retry"
            (self.step, self.error, self.holders) = (step.id, error.message, holders)
            (nextTry, self.tries) = (next, tries)
        case .repairing(let step):
            self.event = "repairing"
            (self.step, title) = (step.id, step.title)
        case .reconnecting(let error):
            self.event = "reconnecting"
            self.error = error.message
        case .waitingForLock(let holder):
            self.event = "waitingForLock"
            holders = [holder]
        case .verifying: self.event = "verifying"
        }
    }

    /// The last line of a run.
    init(_ result: ApplyResult, _ status: ExitStatus, target: String?) {
        self.init("ended", target)
        exitCode = status.rawValue
        switch result {
        case .applied(let attempt, let steps):
            (self.result, self.attempt, done, total) = ("applied", attempt, steps, steps)
        case .phaseDone(let place): read("phaseDone", place)
        case .nothingToDo: self.result = "nothingToDo"
        case .inFlight(let place): read("inFlight", place)
        case .outOfOrder: self.result = "outOfOrder"
        case .held(let attempt): (self.result, self.attempt) = ("held", attempt)
        case .stale: self.result = "stale"
        case .busy(let holder): (self.result, holders) = ("busy", [holder])
        case .refused(let refusal): (self.result, error) = ("refused", refusal.explanation)
        case .willFail(let failures):
            (self.result, error) = (
                "willFail", failures.map(\.explanation).joined(separator: "\n")
            )
        case .journalBroken(let broken): (self.result, error) = ("journalBroken", "\(broken)")
        case .failed(let failure):
            (self.result, step, title) = ("failed", failure.step?.id, failure.step?.title)
            (done, total, error) = (failure.done, failure.total, failure.error.message)
            holders = failure.blockers
        case .interrupted(let done, let total):
            (self.result, self.done, self.total) = ("interrupted", done, total)
        }
    }

    private init(_ event: String, _ target: String?) {
        self.event = event
        self.target = target.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func read(_ result: String, _ place: InFlight) {
        (self.result, attempt, done, total) = (result, place.attempt, place.done, place.total)
    }
}
