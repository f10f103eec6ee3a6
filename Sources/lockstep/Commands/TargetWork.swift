import Manifest
import Planning
import SchemaCore

/// What the commands share that look at a live database: from a workplace to an assessed plan.
struct TargetWork<E: Engine>: Sendable {
    let engine: E
    let workplace: Workplace
    let console: Console

    /// A plan with its assessment on one target.
    struct Assessed: Sendable {
        var target: TargetPlan<E.Object>
        var assessment: Assessment
    }

    var planner: TargetPlanner<E> {
        TargetPlanner(
            engine: engine,
            settings: .init(
                project: workplace.project, environment: workplace.environment,
                management: workplace.management, schemas: workplace.schemas,
                scratch: workplace.scratch,
                options: PlanningOptions(
                    retention: workplace.retention.flatMap { $0 == 0 ? nil : $0 })))
    }

    /// Lowers the manifests; tells warnings, throws errors with their lines.
    func lowered() throws -> Lowering<E.Object> {
        let lowering = engine.lower(
            workplace.input, cache: workplace.scratch.cacheDirectory)
        if lowering.diagnostics.hasErrors {
            throw LocatedDiagnostics(
                diagnostics: lowering.diagnostics, sources: workplace.sources)
        }
        return lowering
    }

    /// Runs with a session that is closed afterwards.
    func withSession<Value: Sendable>(
        _ target: Workplace.Target, _ body: (E.Session) async throws -> Value
    ) async throws -> Value {
        let session = try await engine.connect(target.url)
        do {
            let value = try await body(session)
            await session.close()
            return value
        } catch {
            await session.close()
            throw error
        }
    }

    /// Does the same for each target. Of several, one that fails is named and keeps nobody from
    /// hearing of the others; then the exit code is its own.
    func forEachTarget(
        _ body: (Int, Workplace.Target) async throws -> ExitStatus
    ) async throws -> ExitStatus {
        var failed: ExitStatus?
        var ended = ExitStatus.success
        for (index, target) in workplace.targets.enumerated() {
            do {
                let status = try await body(index, target)
                if ended == .success { ended = status }
            } catch {
                if workplace.targets.count == 1 || error is CancellationError { throw error }
                name(target)
                let status = try CommandRun.tell(error, console)
                failed = failed ?? status
            }
        }
        return failed ?? ended
    }

    /// Says of which target the next words are, where there are several.
    func name(_ target: Workplace.Target) {
        guard workplace.targets.count > 1 else { return }
        console.say("target \(TerminalSafe.line(target.name)):")
    }

    /// A JSON document is about one target.
    func refuseSeveralDocuments(_ format: String) throws {
        guard workplace.targets.count > 1 else { return }
        let names = workplace.targets.map(\.name).joined(separator: ", ")
        throw Failure.usage(
            "-o \(format) takes one target at a time; there are \(names)",
            help: "choose one with --target")
    }

    /// Plans and assesses.
    func assess(
        _ lowering: Lowering<E.Object>, on session: E.Session, applied: AppliedState?,
        name: String
    ) async throws -> Assessed {
        let target = try await workplace.sources.locating {
            try await planner.plan(lowering, on: session, applied: applied)
        }
        return try await assess(target, on: session, name: name)
    }

    /// Plans the way back from an attempt and assesses it.
    func assessBack(
        from attempt: JournalAttempt, on session: E.Session, applied: AppliedState?, name: String
    ) async throws -> Assessed {
        let target = try await workplace.sources.locating {
            try await planner.planBack(from: attempt, on: session, applied: applied)
        }
        return try await assess(target, on: session, name: name)
    }

    /// The target, for people.
    func summary(_ session: E.Session, _ name: String) -> String {
        name.isEmpty ? session.summary : "\(name) (\(session.summary))"
    }

    private func assess(
        _ target: TargetPlan<E.Object>, on session: E.Session, name: String
    ) async throws -> Assessed {
        let observations =
            target.plan.isEmpty
            ? Observations()
            : try await engine.observe(
                target.planned, renames: target.renames, in: session)
        let assessment = Assessment.make(
            plan: target.plan, effects: target.effects, observations: observations,
            unmodelled: target.unmodelled,
            target: summary(session, name))
        return Assessed(target: target, assessment: assessment)
    }

    /// What stands between a person and a plan: warnings and what is not managed.
    func tellAround(_ assessed: Assessed, diagnostics: [Diagnostic]) {
        console.tell(diagnostics + assessed.target.warnings, sources: workplace.sources)
        let unmanaged = assessed.target.unmanaged
        guard !unmanaged.isEmpty else { return }
        let shown = unmanaged.prefix(10).map { TerminalSafe.line($0.description) }
        let more = unmanaged.count > 10 ? ", and \(unmanaged.count - 10) more" : ""
        console.say(
            "note: not managed and left alone: \(shown.joined(separator: ", "))\(more)")
    }

    /// What `--strict` means.
    func refuseUnmodelled(_ unmodelled: [Unmodelled]) throws {
        guard !unmodelled.isEmpty else { return }
        throw Failure(
            .failure, "there are objects that Lockstep does not model",
            help: "leave --strict away to leave them alone")
    }
}
