import Execution
import Planning
import SchemaCore

/// Tells people what an apply does, on standard error, and how it ended; or programs, on standard
/// output.
struct ApplyProgress: Sendable {
    let console: Console
    let isVerbose: Bool
    let format: RunFormat
    /// The target's name.
    let target: String
    /// From this duration in milliseconds on, people are told how long a step took.
    private static let worthTelling = 1_000

    /// Tells one event.
    func tell(_ event: ApplyEvent) {
        switch format {
        case .text: say(event)
        case .json: write(RunLine(event, target: target))
        }
    }

    /// Tells the end, to people in any case.
    func tell(_ result: ApplyResult) -> ExitStatus {
        let status = say(result)
        if format == .json { write(RunLine(result, status, target: target)) }
        return status
    }

    private func write(_ line: RunLine) {
        guard let data = try? CanonicalJSON.data(line) else { return }
        console.write(String(decoding: data, as: UTF8.self) + "\n")
    }

    private func say(_ event: ApplyEvent) {
        switch event {
        case .started(let attempt, let done, let total):
            let from = done == 0 ? "" : ", going on after step \(done)"
            say("attempt \(attempt): \(HumanText.count(Int64(total), "step"))\(from)")
        case .abandoned(let attempt, let reason):
            say("attempt \(attempt) was cut off and is given up: \(reason)")
        case .safeguarded(let kept): say(kept.summary)
        case .stepStarted(let step, let number, let total):
            say("[\(number)/\(total)] \(step.title)")
            if isVerbose {
                for statement in step.action.statements { say("      \(statement.text)") }
            }
        case .stepProgress(_, let progress, let milliseconds):
            say("      " + Self.text(progress, milliseconds))
        case .stepDone(let step, let milliseconds):
            // Steps that share a transaction are done together, so the title is said again.
            if milliseconds >= Self.worthTelling {
                say("      \(step.title): \(HumanText.duration(milliseconds: milliseconds))")
            }
        case .retry(_, let error, let blockers, let next, let total):
            let who =
                blockers.isEmpty
                ? "" : "; held by \(blockers.map(\.summary).joined(separator: ", "))"
            say("      \(error.message)\(who): try \(next) of \(total) follows")
        case .repairing(let step): say("      removing what was left of: \(step.title)")
        case .reconnecting(let error): say("      \(error.message): connecting anew")
        case .waitingForLock(let holder): say("      waiting for \(holder.summary)")
        case .verifying: say("reading the target again")
        }
    }

    private static func text(_ progress: StepProgress, _ milliseconds: Int64) -> String {
        var parts = ["running for \(HumanText.duration(milliseconds: milliseconds))"]
        if let activity = progress.activity { parts.append(activity) }
        if let share = progress.share {
            parts.append(
                "\(share.done * 100 / max(share.total, 1)) % of \(share.total) \(share.unit)")
        }
        if !progress.waitsFor.isEmpty {
            parts.append(
                "waits for " + progress.waitsFor.map(\.summary).joined(separator: "; "))
        }
        return parts.joined(separator: ", ")
    }

    private func say(_ result: ApplyResult) -> ExitStatus {
        switch result {
        case .applied(_, let steps):
            say(
                "applied: \(HumanText.count(Int64(steps), "step")); "
                    + "the target has the desired state"
            )
            return .success
        case .phaseDone(let place):
            say(
                "the \(place.ended.rawValue) phase is done: \(place.done) of "
                    + HumanText.count(Int64(place.total), "step") + "; the target rests")
            say("  next: lockstep apply --phase \(place.next.rawValue)")
            return .success
        case .inFlight(let place):
            say("error: \(place.conflict); nothing was done")
            say("  help: \(place.remedy)")
            return .approval
        case .outOfOrder(let first, let asked):
            say(
                "error: \(first.rawValue) comes before \(asked.rawValue), and its steps are not "
                    + "done; nothing was done")
            say("  help: run lockstep apply --phase \(first.rawValue) first")
            return .approval
        case .held(let attempt):
            say(
                "error: what the manifests ask for was taken back by #\(attempt); "
                    + "nothing was done")
            say(
                "  help: change the manifests, or add --release if you want it again as it is")
            return .approval
        case .nothingToDo:
            say("nothing to do: the target has the desired state")
            return .success
        case .stale(let stale): return tell(stale)
        case .busy(let holder):
            say("error: somebody else works on the target: \(holder.summary)")
            say("  help: wait until that run has ended, then run the same command again")
            return .busy
        case .refused(let refusal):
            say("error: " + refusal.explanation)
            return .approval
        case .willFail(let failures):
            for failure in failures { say("error: \(failure.explanation)") }
            say("  nothing was done")
            return .failure
        case .journalBroken(let broken):
            say("error: the journal was changed by somebody else: \(broken)")
            say("  help: find out who wrote to Lockstep's own tables; nothing was done")
            return .failure
        case .failed(let failure): return tell(failure)
        case .interrupted(let done, let total):
            say("interrupted after \(done) of \(total) steps; the next apply goes on from here")
            return .failure
        }
    }

    private func tell(_ stale: PlanStale) -> ExitStatus {
        let what =
            switch stale.reason {
            case .server(let planned, let found):
                "it was made for \(planned), the target is \(found)"
            case .desired: "the manifests mean something else now"
            case .live: "the target has changed since it was made"
            case .interrupted: "the target has changed since the run that was cut off"
            case .betweenPhases: "the target has changed since the phase before ended"
            }
        say("error: the plan is stale: \(what); nothing was done")
        list(stale.differences)
        switch stale.reason {
        case .server, .desired, .live, .interrupted:
            say("  help: make a new plan with lockstep plan and look at it")
        case .betweenPhases:
            say(
                "  help: undo what was changed by hand, or take the plan back with lockstep abort")
        }
        return .approval
    }

    private func tell(_ failure: ApplyFailure) -> ExitStatus {
        if let step = failure.step { say("error: the step failed: \(step.title)") }
        console.tell(failure.error)
        for blocker in failure.blockers { say("  held by: \(blocker.summary)") }
        list(failure.differences)
        say("  \(failure.done) of \(failure.total) steps are done and kept")
        if failure.isResumable { say("  help: mend the cause and run the same command again") }
        return failure.error.kind == .lockTimeout ? .busy : .failure
    }

    private func list(_ differences: [ObjectDifference]) {
        for difference in differences.prefix(10) { say("  \(difference)") }
        if differences.count > 10 { say("  and \(differences.count - 10) more") }
    }

    private func say(_ text: String) { console.say(TerminalSafe.block(text)) }
}
