public import SchemaCore

extension [Operation] {
    /// The steps that carry the operations out, in their order.
    ///
    /// - Parameter transactions: which transaction each runs in.
    public func steps(
        in dialect: SQLDialect, transactions: [Step.Transaction]
    ) -> [PlannedStep] {
        var seen: [String: Int] = [:]
        return zip(self, transactions).map { operation, transaction in
            var id = operation.stepID
            seen[id, default: 0] += 1
            if let count = seen[id], count > 1 { id += "#\(count)" }
            let step = Step(
                id: id, title: operation.title, phase: operation.phase,
                action: operation.action(in: dialect), transaction: transaction,
                probes: operation.askedProbes, undo: operation.undo, data: operation.data,
                touches: operation.touches)
            return PlannedStep(
                step: step, effects: operation.effects, requirements: operation.requirements)
        }
    }
}

extension Operation {
    /// `drop-column:app.users.note`
    fileprivate var stepID: String {
        let named = subject.subject ?? subject
        let word = subject.kind.rawValue
        return "\(verb)-\(word):\(named.dottedPath)"
    }

    /// What an operation needs is what its questions read; what it makes has no answer before.
    fileprivate var askedProbes: [Probe] {
        let ground = verb == "create" ? consumes : consumes.union([subject])
        return probes.map { probe in
            var probe = probe
            probe.reads = ground.union(probe.reads).subtracting(foresees)
                .sorted()
            return probe
        }
    }

    fileprivate func action(in dialect: SQLDialect) -> Action {
        func statement(_ sql: SQL) -> Statement { Statement(sql.text(dialect)) }
        switch form {
        case .statements(let statements): return .statements(statements.map(statement))
        case .concurrentBuild(let build, let cleanup):
            return .concurrentBuild(
                .init(
                    index: subject, build: statement(build), cleanup: statement(cleanup),
                    digest: touches.first { $0.object == subject }?.after))
        case .concurrentDrop(let drop):
            return .concurrentDrop(.init(index: subject, drop: statement(drop)))
        case .concurrentDetach(let table, let detach, let finalize, let cleanup, let checks):
            return .concurrentDetach(
                .init(
                    partition: subject, table: table, detach: statement(detach),
                    finalize: statement(finalize), cleanup: statement(cleanup),
                    checks: checks))
        }
    }
}
