public import SchemaCore

extension [PlannedStep] {
    /// Every object that the steps lock, rewrite, read or ask.
    public var observedObjects: [ObjectID] {
        var out: Set<ObjectID> = []
        for planned in self {
            let effects = planned.effects
            out.formUnion(effects.locks.map(\.relation))
            out.formUnion(effects.rewrites)
            out.formUnion(effects.scans)
            out.formUnion(effects.losses.compactMap(\.relation))
            out.formUnion(planned.step.probes.map(\.object))
        }
        return out.sorted()
    }

    /// Asks the steps' probes in order, until the time for all of them is up; what is left then
    /// stays unknown.
    public func answers(
        within time: Duration, by clock: ContinuousClock = ContinuousClock(),
        ask: (Probe) async -> Observations.Answer
    ) async -> [Observations.ProbeAnswer] {
        let started = clock.now
        var answers: [Observations.ProbeAnswer] = []
        for planned in self {
            for probe in planned.step.probes {
                let isLate = clock.now - started > time
                answers.append(
                    .init(
                        step: planned.step.id, probe: probe.name,
                        answer: isLate
                            ? .unknown(reason: "the time for all questions was up")
                            : await ask(probe)))
            }
        }
        return answers
    }
}
