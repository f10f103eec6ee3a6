// Owns what the plan report's properties mean, and a value of each case of its enums.

public import Manifest
internal import SchemaCore

extension PlanSchema {
    /// By `Type.property`; a test compares the list with the types.
    static let properties: [String: CodableSchema.Property] = [
        "PlanDocument.apiVersion": .init("The version.", constant: "lockstep.dev/v1"),
        "PlanDocument.kind": .init("What this is.", constant: "PlanReport"),
        "PlanDocument.planDigest": .init("The plan's digest: what an approval names."),
        "PlanDocument.plan": .init("The intent: equal for all targets in the same state."),
        "PlanDocument.assessment": .init("What was known of the plan on one target."),

        "Plan.apiVersion": .init("The version.", constant: "lockstep.dev/v1"),
        "Plan.kind": .init("What this is.", constant: "Plan"),
        "Plan.project": .init("The project's name."),
        "Plan.environment": .init("The environment's name; `adhoc` without a project."),
        "Plan.engine": .init("The engine, for example `postgresql`."),
        "Plan.majorVersion": .init("The server's major version."),
        "Plan.scope": .init("What part of the database is looked at."),
        "Plan.liveFingerprint": .init("Of the managed live objects that it was made for."),
        "Plan.desiredDigest": .init("Of the desired objects as the server prints them."),
        "Plan.options": .init("What the user asked for."),
        "Plan.steps": .init("The steps in order."),
        "Plan.undoes": .init(
            "What it takes back; absent where manifests say what is desired."),
        "Plan.Undone.plan": .init("The digest of the plan that is taken back."),
        "Plan.Undone.desired": .init("Of what that plan was to reach."),
        "Scope.schemas": .init("The schemas; empty where all are meant."),
        "Scope.former": .init(
            "Schemas in which only objects are looked for that get another name or place; absent "
                + "if there are none."),
        "Scope.isEverything": .init("Whether all schemas are meant that are not the server's."),
        "Scope.reads": .init("What is read beside the schemas; absent if that is nothing."),
        "ScopeRead.object": .init("The object that it is read for."),
        "ScopeRead.how": .init("How the engine reads it."),
        "ScopeRead.isOfServer": .init(
            "Whether it belongs to the whole server; absent if not."),
        "PlanningOptions.concurrentIndexes": .init(
            "Whether indexes on tables that exist are built without blocking writers."),

        "Step.id": .init("A stable name within the plan, by which the step is acknowledged."),
        "Step.title": .init("One line for people."),
        "Step.phase": .init("When it may run relative to deployments of running code."),
        "Step.action": .init("What is done."),
        "Step.transaction": .init(
            "Which transaction it runs in: its own, one with its neighbours, or none."),
        "Step.probes": .init("Questions to the rows that its success or loss depends on."),
        "Step.undo": .init("How to go back."),
        "Step.data": .init("What happens to data."),
        "Step.touches": .init("The objects that it makes, changes or removes."),
        "Step.Transaction.own": .init("One of its own."),
        "Step.Transaction.shared": .init("One with all neighbouring steps of this number."),
        "Step.Transaction.shared.number": .init("The number."),
        "Step.Transaction.none": .init("None."),
        "Step.Touch.object": .init("Its address."),
        "Step.Touch.before": .init("Its digest before; absent if it is not there."),
        "Step.Touch.after": .init("Its digest after; absent if it is gone."),
        "Action.statements": .init("Statements in a transaction."),
        "Action.statements.inOrder": .init("In order."),
        "Action.concurrentBuild": .init("Builds an index without blocking writers."),
        "Action.concurrentBuild.of": .init("What is built."),
        "Action.concurrentDrop": .init("Removes an index without blocking anybody."),
        "Action.concurrentDrop.of": .init("What is removed."),
        "Action.concurrentDetach": .init("Detaches a partition without blocking anybody."),
        "Action.concurrentDetach.of": .init("What is detached."),
        "Action.ConcurrentBuild.index": .init("The index."),
        "Action.ConcurrentBuild.build": .init("The statement that builds it."),
        "Action.ConcurrentBuild.cleanup": .init("What removes the rest of a build cut off."),
        "Action.ConcurrentBuild.digest": .init(
            "Its digest when it is whole; absent where the name alone tells it."),
        "Action.ConcurrentDrop.index": .init("The index."),
        "Action.ConcurrentDrop.drop": .init("The statement that removes it."),
        "Action.ConcurrentDetach.partition": .init("The partition."),
        "Action.ConcurrentDetach.table": .init("The table that it is a partition of."),
        "Action.ConcurrentDetach.detach": .init("The statement that detaches it."),
        "Action.ConcurrentDetach.finalize": .init("What finishes a detachment cut off."),
        "Action.ConcurrentDetach.cleanup": .init("What takes away the check of its bound."),
        "Action.ConcurrentDetach.checks": .init("The checks that it keeps."),
        "Statement.text": .init("The SQL, without a semicolon at the end."),
        "Probe.name": .init("A name within the step."),
        "Probe.reads": .init(
            "What the answer follows from; if an earlier step changes it, the answer is early."),
        "Probe.basis": .init("What of what is read the answer follows from."),
        "Probe.counts": .init("What is counted, for people."),
        "Probe.object": .init("The object whose data is asked."),
        "Probe.query": .init("A query that gives one number."),
        "Probe.meaning": .init("What a number above zero means."),
        "Undo.claim": .init("What going back gives."),
        "Undo.statements": .init("The statements in order; empty if the claim is `none`."),
        "Undo.Claim.exact": .init("What was there before, data included."),
        "Undo.Claim.shape": .init("The same schema, without what is named."),
        "Undo.Claim.shape.loses": .init("What is lost."),
        "Undo.Claim.none": .init("Nothing."),
        "Undo.Claim.none.reason": .init("Why not."),
    ].merging(ofAssessment) { first, _ in first }

    private static let ofAssessment: [String: CodableSchema.Property] = [
        "Assessment.apiVersion": .init("The version.", constant: "lockstep.dev/v1"),
        "Assessment.kind": .init("What this is.", constant: "Assessment"),
        "Assessment.planDigest": .init("The plan that it is about."),
        "Assessment.target": .init("The target, without secrets."),
        "Assessment.effects": .init("The effects of each step, in the order of the steps."),
        "Assessment.observations": .init("What was measured."),
        "Assessment.findings": .init("What the rules found, in the order of the steps."),
        "Assessment.stepRisks": .init("The risk of each step, in the order of the steps."),
        "Assessment.risk": .init("The highest risk."),
        "Effects.provenance": .init("Where these facts come from."),
        "Effects.locks": .init("The locks on relations that were there before the plan."),
        "Effects.rewrites": .init("Relations that are written anew under the lock."),
        "Effects.revalues": .init("Columns, or tables, whose values change or compare otherwise."),
        "Effects.scans": .init("Relations that are read whole under the lock."),
        "Effects.builds": .init("Indexes that are built."),
        "Effects.losses": .init("Data that is destroyed or may change."),
        "Effects.breaks": .init("What running code may trip over."),
        "Effects.Lock.relation": .init("The relation."),
        "Effects.Lock.mode": .init("The engine's own name of the lock."),
        "Effects.Lock.blocks": .init("What it keeps others from."),
        "Effects.Lock.reach": .init("What is locked with the relation, where that is more."),
        "Effects.notes": .init("What is to be known of rewrites, scans and builds."),
        "Effects.exposures": .init("Who may do more than before; absent where nobody does."),
        "Effects.Exposure.object": .init("What it concerns."),
        "Effects.Exposure.sort": .init("Who gains what."),
        "Effects.Exposure.what": .init("The right, or the role."),
        "Effects.WorkNote.work": .init("The sort of work."),
        "Effects.WorkNote.needs": .init("What it needs beside time and room."),
        "Effects.WorkNote.wayOut": .init("How others are kept waiting less."),
        "Effects.Loss.object": .init("Whose data."),
        "Effects.Loss.relation": .init("The relation that holds it, if there is one."),
        "Effects.Loss.what": .init("What is lost."),
        "Effects.Break.object": .init("What running code uses."),
        "Effects.Break.consequence": .init("What happens to it."),
        "Effects.Break.isFailure": .init("Whether statements fail, or only mean another thing."),
        "Observations.sizes": .init("Sizes, in order of the addresses."),
        "Observations.answers": .init("Answers, in the order of steps and probes."),
        "Observations.denials": .init("What the role may not do, in the order of steps."),
        "Observations.Denial.step": .init("The step's id."),
        "Observations.Denial.object": .init("The object on which a privilege is missing."),
        "Observations.Denial.needs": .init("What is missing, for people."),
        "Observations.RelationSize.relation": .init("The relation."),
        "Observations.RelationSize.size": .init("Its size."),
        "Observations.Size.rows": .init("Rows, as the statistics estimate them, or counted."),
        "Observations.Size.heapBytes": .init("Bytes of the heap with its TOAST."),
        "Observations.Size.indexBytes": .init("Bytes of its indexes."),
        "Observations.ProbeAnswer.step": .init("The step's id."),
        "Observations.ProbeAnswer.probe": .init("The probe's name."),
        "Observations.ProbeAnswer.answer": .init("The answer."),
        "Observations.Answer.count": .init("It was counted."),
        "Observations.Answer.count.number": .init("So many."),
        "Observations.Answer.atLeastOne": .init("One at least: the question failed on it."),
        "Observations.Answer.atLeastOne.reason": .init("How it failed."),
        "Observations.Answer.unknown": .init("None was had."),
        "Observations.Answer.unknown.reason": .init("Why."),
        "Finding.rule": .init("The rule; `lockstep explain` tells about it."),
        "Finding.severity": .init("How much it matters."),
        "Finding.risk": .init("The risk that it gives its step."),
        "Finding.step": .init("The step that it is about; absent if it is about the target."),
        "Finding.object": .init("The object that it is about."),
        "Finding.message": .init("What will happen."),
        "Finding.evidence": .init("What it rests on, one fact a line."),
        "Finding.remedy": .init("What to do about it."),
    ]
}

extension Step.Transaction: SchemaCases {
    /// One of each.
    public static var schemaCases: [Step.Transaction] { [.own, .shared(1), .none] }
}

extension Undo.Claim: SchemaCases {
    /// One of each.
    public static var schemaCases: [Undo.Claim] { [.exact, .shape(loses: ""), .none(reason: "")] }
}

extension Action: SchemaCases {
    /// One of each.
    public static var schemaCases: [Action] {
        let index = ObjectID.codedExample
        let none = Statement("")
        return [
            .statements([]),
            .concurrentBuild(.init(index: index, build: none, cleanup: none)),
            .concurrentDrop(.init(index: index, drop: none)),
            .concurrentDetach(
                .init(
                    partition: index, table: index, detach: none, finalize: none, cleanup: none,
                    checks: [])),
        ]
    }
}

extension Observations.Answer: SchemaCases {
    /// One of each.
    public static var schemaCases: [Observations.Answer] {
        [.count(0), .atLeastOne(reason: ""), .unknown(reason: "")]
    }
}
