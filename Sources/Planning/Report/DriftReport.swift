public import SchemaCore

/// How the live database differs from what was last applied to it.
public struct DriftReport: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public private(set) var apiVersion = "lockstep.dev/v1"
    /// `DriftReport`.
    public private(set) var kind = "DriftReport"
    /// The target, without secrets.
    public let target: String
    /// Whether anything was ever applied; if not, there is nothing to drift from.
    public let isApplied: Bool
    /// The fingerprint that the last apply left.
    public let appliedFingerprint: Digest?
    /// The fingerprint now.
    public let liveFingerprint: Digest
    /// What differs, by address.
    public let drifts: [Drift]

    /// One object that differs.
    public struct Drift: Hashable, Codable, Sendable {
        /// What happened to it since the last apply.
        public enum Change: String, Hashable, Codable, Sendable {
            /// It is there and was not.
            case added
            /// It is another.
            case changed
            /// It was there and is not.
            case removed
        }
        /// The object.
        public let object: ObjectID
        /// What happened to it.
        public let change: Change

        /// Makes the value.
        public init(object: ObjectID, change: Change) {
            self.object = object
            self.change = change
        }
    }

    /// Compares.
    ///
    /// - Parameter live: the digests of the managed part of the live catalog, and of what came
    ///   into it by hand.
    /// - Parameter residue: the digests of what is in quarantine.
    public init(
        target: String, applied: AppliedState?, live: [ObjectID: Digest],
        residue: [ObjectID: Digest] = [:]
    ) {
        self.target = target
        isApplied = applied != nil
        appliedFingerprint = applied?.fingerprint
        liveFingerprint = Fingerprint.of(live)
        guard let applied else {
            drifts = []
            return
        }
        let before = Dictionary(
            (applied.objects + (applied.residue ?? [])).map { ($0.id, $0.digest) },
            uniquingKeysWith: { first, _ in first })
        let live = live.merging(residue) { first, _ in first }
        drifts = Set(before.keys).union(live.keys).sorted().compactMap { id in
            switch (before[id], live[id]) {
            case (nil, .some): Drift(object: id, change: .added)
            case (.some, nil): Drift(object: id, change: .removed)
            case (let old, let new): old == new ? nil : Drift(object: id, change: .changed)
            }
        }
    }

    /// Whether the database is not as it was left.
    public var hasDrift: Bool { !drifts.isEmpty }

    /// How many objects were added, changed or removed.
    public func count(_ change: Drift.Change) -> Int { drifts.count { $0.change == change } }

    /// For people, with a line end behind.
    public var text: String {
        let place = TerminalSafe.line(target)
        guard isApplied else {
            return "\(place): nothing was applied yet, so there is nothing to drift from.\n"
        }
        guard hasDrift else { return "\(place): no drift; it is as the last apply left it.\n" }
        let objects = HumanText.count(Int64(drifts.count), "object")
        let lines = drifts.map { drift in
            let word = drift.change.rawValue
            let padding = String(repeating: " ", count: 9 - word.count)
            return "  \(word)\(padding)\(TerminalSafe.line(drift.object.description))"
        }
        return
            ([
                "\(place): \(objects) \(drifts.count == 1 ? "differs" : "differ") "
                    + "from what was last applied", "",
            ] + lines + [
                "",
                "To go back, plan and apply the same manifests; to keep the changes, import them.",
            ]).joined(separator: "\n") + "\n"
    }

    /// The JSON, with a line end behind.
    public var json: String { ReportJSON.text(self) }
}
