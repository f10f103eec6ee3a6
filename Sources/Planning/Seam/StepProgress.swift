/// How far a step is that runs, as its server tells another session.
public struct StepProgress: Hashable, Codable, Sendable {
    /// How much of something is done.
    public struct Share: Hashable, Codable, Sendable {
        /// So many.
        public var done: Int64
        /// Of so many.
        public var total: Int64
        /// Of what: `blocks`, `rows`.
        public var unit: String

        /// Makes the value.
        public init(done: Int64, total: Int64, unit: String) {
            self.done = done
            self.total = total
            self.unit = unit
        }
    }

    /// What the server does, in its words: `building index: scanning table`; nil if it does not
    /// say.
    public var activity: String?
    /// How much of that is done; nil if it does not say.
    public var share: Share?
    /// For whom it waits.
    public var waitsFor: [LockHolder]

    /// Makes the value.
    public init(activity: String?, share: Share?, waitsFor: [LockHolder]) {
        self.activity = activity
        self.share = share
        self.waitsFor = waitsFor
    }
}
