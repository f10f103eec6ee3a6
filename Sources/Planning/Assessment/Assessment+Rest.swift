internal import SchemaCore

extension JournalAttempt {
    /// What the plan was recorded with.
    var staging: AttemptContext {
        guard let context = started.context, context.effects.count == started.plan.steps.count
        else { preconditionFailure("an attempt without its context has no phases of its own") }
        return context
    }
}

extension Assessment {
    /// Assesses what is left of an attempt in flight: what is measured is measured now, of the
    /// steps that are to come.
    ///
    /// - Parameter target: for people, without secrets.
    public static func make<E: Engine>(
        ofRest attempt: JournalAttempt, _ place: InFlight, by engine: E, in session: E.Session,
        target: String
    ) async throws -> Assessment {
        let plan = attempt.started.plan
        let context = attempt.staging
        let left = zip(plan.steps, context.effects).dropFirst(place.done).map {
            PlannedStep(step: $0, effects: $1)
        }
        // What is renamed already is asked under its new name.
        let gone = Set(
            plan.steps[..<place.done].flatMap(\.touches).filter { $0.after == nil }.map(\.object))
        let observations = try await engine.observe(
            left, renames: context.renames.filter { !gone.contains($0.from) }, in: session)
        return make(
            plan: plan, effects: context.effects, observations: observations, unmodelled: [],
            target: target, done: place.done)
    }
}
