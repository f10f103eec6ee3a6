public import SchemaCore

/// One SQL statement, written out for its engine.
public struct Statement: Hashable, Codable, Sendable {
    /// The text, without a semicolon at the end.
    public var text: String

    /// Makes a statement.
    public init(_ text: String) { self.text = text }
}

/// What a step does: closed, so that the runner and the journal understand every sort.
public enum Action: Hashable, Codable, Sendable {
    /// Statements in a transaction.
    case statements([Statement])
    /// Builds an index without blocking writers, outside a transaction. A build that was cut off
    /// leaves an invalid index, which is removed before the next try.
    case concurrentBuild(ConcurrentBuild)
    /// Removes an index without blocking readers and writers, outside a transaction.
    case concurrentDrop(ConcurrentDrop)
    /// Takes a partition from its table without blocking readers and writers, outside a
    /// transaction. One that was cut off leaves the partition marked as leaving, and is finished by
    /// a statement of its own.
    case concurrentDetach(ConcurrentDetach)

    // The names in JSON of what has no label here.
    private enum StatementsCodingKeys: String, CodingKey { case _0 = "inOrder" }
    private enum ConcurrentBuildCodingKeys: String, CodingKey { case _0 = "of" }
    private enum ConcurrentDropCodingKeys: String, CodingKey { case _0 = "of" }
    private enum ConcurrentDetachCodingKeys: String, CodingKey { case _0 = "of" }

    /// What is built.
    public struct ConcurrentBuild: Hashable, Codable, Sendable {
        /// The index.
        public var index: ObjectID
        /// The statement that builds it.
        public var build: Statement
        /// The statement that removes what a failed build left.
        public var cleanup: Statement
        /// The digest of the index when it is whole, by which it is told from another of its name;
        /// nil where the name alone tells.
        public var digest: Digest?

        /// Makes the value.
        public init(
            index: ObjectID, build: Statement, cleanup: Statement, digest: Digest? = nil
        ) {
            self.index = index
            self.build = build
            self.cleanup = cleanup
            self.digest = digest
        }
    }

    /// What is removed.
    public struct ConcurrentDrop: Hashable, Codable, Sendable {
        /// The index.
        public var index: ObjectID
        /// The statement that removes it.
        public var drop: Statement

        /// Makes the value.
        public init(index: ObjectID, drop: Statement) {
            self.index = index
            self.drop = drop
        }
    }

    /// What is detached.
    public struct ConcurrentDetach: Hashable, Codable, Sendable {
        /// The partition.
        public var partition: ObjectID
        /// The table that it is a partition of.
        public var table: ObjectID
        /// The statement that detaches it.
        public var detach: Statement
        /// The statement that finishes what was cut off.
        public var finalize: Statement
        /// The statement that takes away the check that the server leaves on the partition.
        public var cleanup: Statement
        /// The checks that the partition keeps.
        public var checks: [String]

        /// Makes the value.
        public init(
            partition: ObjectID, table: ObjectID, detach: Statement, finalize: Statement,
            cleanup: Statement, checks: [String]
        ) {
            self.partition = partition
            self.table = table
            self.detach = detach
            self.finalize = finalize
            self.cleanup = cleanup
            self.checks = checks
        }
    }

    /// The statements in order, for people and scripts.
    public var statements: [Statement] {
        switch self {
        case .statements(let statements): statements
        case .concurrentBuild(let build): [build.build]
        case .concurrentDrop(let drop): [drop.drop]
        case .concurrentDetach(let detach): [detach.detach, detach.cleanup]
        }
    }
}

/// What became of an action.
public enum Outcome: Hashable, Codable, Sendable {
    /// Nothing of it is there.
    case notStarted
    /// A part of it is there; `repair` says what the next run removes first.
    case partial(repair: [Statement])
    /// All of it is there.
    case done
}
