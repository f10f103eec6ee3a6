import ArgumentParser
import Planning
import SchemaCore

/// How a report is printed.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument { case text, json }

/// `lockstep status`
struct StatusCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Tells what was last applied, and what differs now.")

    @OptionGroup var workplace: WorkplaceOptions
    @Option(name: .shortAndLong, help: "The form.") var output: ReportFormat = .text

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        if output == .json { try work.refuseSeveralDocuments(output.rawValue) }
        let lowering = try work.lowered()
        return try await work.forEachTarget { _, target in
            let report = try await work.withSession(target) { session in
                let journal = engine.journal(session)
                let applied = try await journal.applied()
                let assessed = try await work.assess(
                    lowering, on: session, applied: applied, name: target.name)
                let name = target.name.isEmpty ? session.summary : target.name
                let history = HistoryReport(
                    target: name, entries: try await journal.entries(after: 0, limit: nil),
                    chainBreak: try await journal.firstBreak())
                let live = try await DriftCommand.live(engine, session, applied, place.management)
                return StatusReport(
                    history: history,
                    drift: DriftReport(
                        target: name, applied: applied, live: live.managed, residue: live.residue),
                    pendingSteps: assessed.target.plan.steps.count,
                    places: Set(live.residue.keys))
            }
            console.write(output == .json ? report.json : report.text)
            return .success
        }
    }
}

/// `lockstep drift`
struct DriftCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift",
        abstract: "Tells what somebody changed since the last apply; exits with 5 if anything.")

    @OptionGroup var workplace: WorkplaceOptions
    @Option(name: .shortAndLong, help: "The form.") var output: ReportFormat = .text

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        if output == .json { try work.refuseSeveralDocuments(output.rawValue) }
        return try await work.forEachTarget { _, target in
            let report = try await work.withSession(target) { session in
                let journal = engine.journal(session)
                let applied = try await journal.applied()
                let last = try await journal.lastAttempt()
                if let last, last.rest == nil, last.isUnfinished {
                    console.say(
                        "note: apply #\(last.number) was cut off after \(last.done.count) of "
                            + "\(last.started.plan.steps.count) steps; what it did is shown as "
                            + "drift until an apply goes on with it")
                }
                if let place = last.flatMap(InFlight.init) {
                    console.say("note: \(place.summary)")
                }
                let live = try await Self.live(engine, session, applied, place.management)
                return DriftReport(
                    target: target.name.isEmpty ? session.summary : target.name, applied: applied,
                    live: live.managed, residue: live.residue)
            }
            console.write(output == .json ? report.json : report.text)
            return report.hasDrift ? .drift : .success
        }
    }

    /// The digests of what a plan would take for managed, as it is now. What was applied stands
    /// for what is declared, which is not read. Beside them, those of what is in quarantine.
    static func live<E: Engine>(
        _ engine: E, _ session: E.Session, _ applied: AppliedState?, _ management: Management
    ) async throws -> (managed: [ObjectID: Digest], residue: [ObjectID: Digest]) {
        guard let applied else { return ([:], [:]) }
        let inspection = try await engine.inspect(
            session, scope: applied.scope, detail: .definitions)
        let known = Set(applied.objects.map(\.id))
        let managed = management.managedPart(
            of: inspection.whole, declared: known, applied: known,
            scope: applied.scope, standsAlone: engine.standsAlone)
        return (
            managed.objects.mapValues(\.digest), inspection.residue.objects.mapValues(\.digest)
        )
    }
}

/// `lockstep history`
struct HistoryCommand: TargetCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Tells what was applied when, by whom, and how it ended.")

    @OptionGroup var workplace: WorkplaceOptions
    @Option(name: .shortAndLong, help: "The form.") var output: ReportFormat = .text

    func run<E: Engine>(
        _ engine: E, _ place: Workplace, _ console: Console
    ) async throws -> ExitStatus {
        let work = TargetWork(engine: engine, workplace: place, console: console)
        if output == .json { try work.refuseSeveralDocuments(output.rawValue) }
        return try await work.forEachTarget { _, target in
            let report = try await work.withSession(target) { session in
                let journal = engine.journal(session)
                return HistoryReport(
                    target: target.name.isEmpty ? session.summary : target.name,
                    entries: try await journal.entries(after: 0, limit: nil),
                    chainBreak: try await journal.firstBreak())
            }
            console.write(output == .json ? report.json : report.text)
            return report.chainBreak == nil ? .success : .failure
        }
    }
}
