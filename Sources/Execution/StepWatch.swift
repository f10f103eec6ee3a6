// Owns what is told of a step while it runs. Invariant: nothing that goes wrong here does anything
// to the step.

internal import Planning

/// Looks from a second session how far a step is that takes long.
struct StepWatch<E: ExecutionEngine>: Sendable {
    private let applier: Applier<E>
    private let session: E.Session
    private let limits: ExecutionLimits
    private let progress: @Sendable (ApplyEvent) -> Void

    init(
        _ applier: Applier<E>, _ session: E.Session, _ limits: ExecutionLimits,
        _ progress: @escaping @Sendable (ApplyEvent) -> Void
    ) {
        self.applier = applier
        self.session = session
        self.limits = limits
        self.progress = progress
    }

    /// Runs a body and looks meanwhile; when it ends, nobody looks any more.
    func during(_ step: Step, _ body: () async throws -> Void) async throws {
        guard applier.engine.tellsProgress else { return try await body() }
        let looking = Task { await look(at: step) }
        do {
            try await body()
        } catch {
            looking.cancel()
            await looking.value
            throw error
        }
        looking.cancel()
        await looking.value
    }

    private func look(at step: Step) async {
        // What a step lasts is the server's matter, whatever clock the pauses between tries have.
        let clock = ContinuousClock()
        let start = clock.now
        var pause = limits.firstLook
        var observer: E.Session?
        while (try? await clock.sleep(for: .milliseconds(pause))) != nil {
            pause = min(pause * 2, limits.longestLook)
            if observer == nil { observer = try? await applier.connect() }
            guard let observer, !Task.isCancelled,
                let found = try? await applier.engine.progress(of: session, seenBy: observer)
            else { continue }
            let seconds = start.duration(to: clock.now).components
            progress(
                .stepProgress(
                    step, found,
                    milliseconds: seconds.seconds * 1_000
                        + seconds.attoseconds / 1_000_000_000_000_000))
        }
        await observer?.close()
    }
}
