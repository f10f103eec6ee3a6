// Owns the carrying out of the machine's commands. It makes no choices: each command is one thing
// to do, and what came of it is the answer. Invariant: only planning, pauses and steps end early
// when the task is cancelled; what keeps the journal true is always carried out whole.

internal import Planning
internal import SchemaCore

struct ApplyDriver<E: ExecutionEngine> {
    private let applier: Applier<E>
    private let request: ApplyRequest
    private let progress: @Sendable (ApplyEvent) -> Void
    private let makePlan: @Sendable (LockedTarget<E>) async throws -> PlannedTarget<E.Object>
    private let backoff: Backoff

    private var machine: ApplyMachine
    private var random: any RandomNumberGenerator & Sendable
    private var session: E.Session
    private var lock: any TargetLock
    private var journal: any Journal
    private var isInTransaction = false
    private var capabilities: Capabilities?
    private var planned: PlannedTarget<E.Object>?
    /// What is known of steps, by their ids: of those of the plan, else of those of an attempt that
    /// is gone on with.
    private var effects: [String: Effects] = [:]

    private var engine: E { applier.engine }

    init(
        applier: Applier<E>, request: ApplyRequest, session: E.Session,
        progress: @escaping @Sendable (ApplyEvent) -> Void,
        makePlan: @escaping @Sendable (LockedTarget<E>) async throws -> PlannedTarget<E.Object>
    ) {
        self.applier = applier
        self.request = request
        self.progress = progress
        self.makePlan = makePlan
        self.session = session
        backoff = Backoff(request.limits)
        random = applier.random
        lock = applier.engine.lock(session)
        journal = applier.engine.journal(session)
        machine = ApplyMachine(
            limits: request.limits, engine: applier.engine.name, actor: request.actor,
            phase: request.phase)
    }

    /// Carries out commands until there is a result.
    mutating func drive() async throws -> ApplyResult {
        var command = machine.event(.start)
        while true {
            for event in machine.takeNews() { progress(event) }
            if case .finish(let result) = command { return result }
            command = machine.event(try await answer(to: command))
        }
    }

    /// Gives the lock back and ends the connection.
    func end() async {
        let (session, lock, isOpen) = (session, lock, isInTransaction)
        await Task {
            if isOpen { await session.rollback() }
            // If it fails, the end of the connection gives the lock back.
            try? await lock.release()
            await session.close()
        }.value
    }

    private mutating func answer(
        to command: ApplyMachine.Command
    ) async throws -> ApplyMachine.Event {
        if command.canWait && Task.isCancelled { return .cancelled }
        do {
            return try await carryOut(command)
        } catch let error as CallerError {
            throw error.error
        } catch is CancellationError {
            return .cancelled
        } catch let error as EngineError {
            if error.kind == .cancelled && Task.isCancelled { return .cancelled }
            if error.kind == .connectionLost { isInTransaction = false }
            return .failed(error)
        }
    }

    private mutating func carryOut(
        _ command: ApplyMachine.Command
    ) async throws -> ApplyMachine.Event {
        let (engine, session, journal, lock) = (engine, session, journal, lock)
        switch command {
        case .acquireLock:
            return .locked(holder: try await whole { try await lock.acquire() })
        case .readCapabilities:
            let found = try await whole { try await engine.capabilities(session) }
            capabilities = found
            return .capabilities(found)
        case .prepareJournal:
            try await whole { try await journal.prepare() }
            return .done
        case .readJournal: return try await readJournal()
        case .makePlan: return .proposed(try await propose())
        case .inspect: return .inspected(try await inspect())
        case .examine(let step):
            return .outcome(
                try await whole { try await engine.outcome(of: step.action, in: session) })
        case .repair(let statements):
            let limits = request.limits
            try await engine.repair(statements, limits: limits, in: session)
            return .done
        case .record(let events): return .recorded(try await record(events, applied: nil))
        case .recordApplied(let state, let events):
            return .recorded(try await record(events, applied: state))
        case .safeguard(let plan, let attempt):
            return .safeguarded(
                try await engine.safeguard(plan, attempt: attempt, in: session))
        case .checkLock: return try await checkLock()
        case .begin, .commit, .rollback: return try await moveTransaction(command)
        case .run(let step): return .ran(milliseconds: try await run(step))
        case .findBlockers(let step):
            return .blockers(try await whole { try await engine.blockers(of: step, in: session) })
        case .pause(let number):
            let pause = backoff.pause(beforeTry: number, using: &random)
            try await applier.clock.sleep(for: .milliseconds(pause))
            return .done
        case .reconnect:
            try await reconnect()
            return .done
        case .finish: preconditionFailure("the end of a run is not carried out")
        }
    }

    private mutating func moveTransaction(
        _ command: ApplyMachine.Command
    ) async throws -> ApplyMachine.Event {
        let session = session
        switch command {
        case .begin:
            try await whole { try await session.begin() }
            isInTransaction = true
        case .commit:
            // Whatever comes of it, a rollback after it is harmless.
            try await whole { try await session.commit() }
            isInTransaction = false
        default:
            await Task { await session.rollback() }.value
            isInTransaction = false
        }
        return .done
    }

    private func run(_ step: Step) async throws -> Int64 {
        let (engine, session, limits) = (engine, session, request.limits)
        let watch = StepWatch(applier, session, limits, progress)
        let time = try await applier.clock.measure {
            try await watch.during(step) {
                try await engine.run(step.action, limits: limits, in: session)
            }
        }
        let (seconds, attoseconds) = time.components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    private func checkLock() async throws -> ApplyMachine.Event {
        let (engine, session, lock) = (engine, session, lock)
        guard try await whole({ try await lock.isHeld() }) else { return .lockHeld(false) }
        let patience = request.limits.lockTimeout
        let locks = machine.upcoming.filter { $0.transaction != .none }
            .flatMap { effects[$0.id]?.locks ?? [] }
        guard !locks.isEmpty else { return .lockHeld(true) }
        let holders = try await whole {
            try await engine.obstacles(to: locks, olderThan: patience, in: session)
        }
        return holders.isEmpty ? .lockHeld(true) : .obstructed(holders)
    }

    private func readJournal() async throws -> ApplyMachine.Event {
        let journal = journal
        return .journal(
            try await whole {
                let place = try await journal.firstBreak()
                // What a broken journal says is not read.
                guard place == nil else { return .init(firstBreak: place) }
                return .init(
                    lastAttempt: try await journal.lastAttempt(),
                    applied: try await journal.applied())
            })
    }

    private mutating func propose() async throws -> ApplyMachine.Proposal {
        guard let capabilities else { preconditionFailure("the server was not asked") }
        let journal = journal
        let (applied, attempt) = try await whole {
            (try await journal.applied(), try await journal.lastAttempt())
        }
        let target: PlannedTarget<E.Object>
        do {
            target = try await makePlan(
                LockedTarget(
                    session: session, capabilities: capabilities, applied: applied,
                    lastAttempt: attempt))
        } catch  where !Task.isCancelled {
            throw CallerError(error: error)
        } catch {
            throw CancellationError()
        }
        planned = target
        note(attempt?.started.context?.effects, of: attempt?.started.plan)
        note(target.assessment.effects, of: target.plan)
        return ApplyMachine.Proposal(
            authorization: target.authorization,
            attempt: JournalEvent.AttemptStarted(
                plan: target.plan, risk: target.assessment.risk,
                acknowledged: target.acknowledged, actor: request.actor,
                revision: target.revision, toolVersion: request.toolVersion,
                context: AttemptContext(
                    effects: target.assessment.effects, implied: target.implied,
                    reads: target.reads, renames: target.renames, former: target.former)),
            // Planning takes a while; what counts is what is there when the steps begin.
            desired: target.desired, live: try await inspect(), implied: target.implied,
            reads: target.reads, replaces: target.replaces, isReleased: target.isReleased)
    }

    private mutating func note(_ effects: [Effects]?, of plan: Plan?) {
        guard let effects, let plan else { return }
        for (step, effects) in zip(plan.steps, effects) { self.effects[step.id] = effects }
    }

    private func inspect() async throws -> ApplyMachine.LiveState {
        guard let planned else { preconditionFailure("no plan was proposed") }
        let (engine, session, scope) = (engine, session, planned.plan.scope)
        let found = try await whole {
            try await engine.inspect(session, scope: scope, detail: .definitions)
        }
        return ApplyMachine.LiveState(
            all: found.whole.objects.mapValues(\.digest),
            managed: planned.managed(found.whole).objects.mapValues(\.digest),
            residue: found.residue.objects.mapValues(\.digest))
    }

    private func record(_ events: [JournalEvent], applied: AppliedState?) async throws -> Int64 {
        let (session, journal, isOpen) = (session, journal, isInTransaction)
        return try await whole {
            if !isOpen { try await session.begin() }
            do {
                var first: Int64?
                if let applied { try await journal.record(applied) }
                for event in events {
                    let entry = try await journal.append(event)
                    first = first ?? entry.sequence
                }
                if !isOpen { try await session.commit() }
                return first ?? 0
            } catch {
                if !isOpen { await session.rollback() }
                throw error
            }
        }
    }

    private mutating func reconnect() async throws {
        let (old, connect) = (session, applier.connect)
        let fresh = try await whole {
            await old.close()
            return try await connect()
        }
        session = fresh
        lock = engine.lock(fresh)
        journal = engine.journal(fresh)
        isInTransaction = false
    }

    /// Carries something out although the task may be cancelled.
    private func whole<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task { try await body() }.value
    }
}

/// An error of the caller's, which is thrown on as it is.
private struct CallerError: Error {
    let error: any Error
}

extension ApplyMachine.Command {
    /// Whether a run that is to end can end before it. What keeps the journal true, or undoes a
    /// transaction, is carried out first.
    var canWait: Bool {
        switch self {
        case .acquireLock, .readCapabilities, .prepareJournal, .readJournal, .makePlan, .inspect,
            .examine, .repair, .safeguard, .checkLock, .run, .findBlockers, .pause, .reconnect:
            true
        case .record, .recordApplied, .begin, .commit, .rollback, .finish: false
        }
    }
}
