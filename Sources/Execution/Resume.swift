// Owns the decision what becomes of an attempt that was cut off. Pure.

public import Planning
public import SchemaCore

/// Whether an attempt that was cut off goes on, or a new plan takes its place.
public enum ResumeDecision: Hashable, Sendable {
    /// It goes on with the step of this number.
    case resume(from: Int)
    /// Its plan no longer fits.
    case replan(Reason)

    /// Why a plan no longer fits.
    public enum Reason: Hashable, Sendable {
        /// Another state is desired now.
        case desiredChanged
        /// These objects are not as the plan's steps left or expect them.
        case objectsChanged([ObjectDifference])
        /// The journal tells steps that the plan has not, or in another order.
        case journalDoesNotFit
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - attempt: the attempt with its plan.
    ///   - desired: the digest of what is desired now.
    ///   - live: the digests of all objects in the plan's scope.
    ///   - broken: the id of a step of which a part is there that its next run removes; its own
    ///     objects are not compared.
    public static func of(
        _ attempt: JournalAttempt, desired: Digest, live: [ObjectID: Digest], broken: String? = nil
    ) -> ResumeDecision {
        let plan = attempt.started.plan
        guard plan.desiredDigest == desired else { return .replan(.desiredChanged) }
        let steps = plan.steps
        guard attempt.started.planDigest == plan.digest, attempt.done.count <= steps.count,
            zip(attempt.done, steps).allSatisfy({ $0 == $1.id })
        else { return .replan(.journalDoesNotFit) }
        let position = attempt.done.count
        var expected: [ObjectID: Digest?] = [:]
        for touch in steps[..<position].flatMap(\.touches) { expected[touch.object] = touch.after }
        // The first step to come that touches an object tells best how it has to be now.
        for touch in steps[position...].reversed().flatMap({ $0.touches.reversed() }) {
            expected[touch.object] = touch.before
        }
        let spared = steps.first { $0.id == broken }?.touches.map(\.object) ?? []
        let passing = Set(steps.flatMap(\.touches).filter(\.isPassing).map(\.object))
        let differences = expected.compactMap { id, digest in
            spared.contains(id) || passing.contains(id)
                ? nil : ObjectDifference.difference(id, expected: digest, found: live[id])
        }
        guard differences.isEmpty else {
            return .replan(.objectsChanged(differences.sorted { $0.object < $1.object }))
        }
        return .resume(from: position)
    }
}
