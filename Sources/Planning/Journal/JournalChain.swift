public import SchemaCore

/// A place at which the journal was changed by somebody else.
public struct JournalBreak: Hashable, Codable, Sendable {
    /// The number of the first entry that does not follow from the one before.
    public var sequence: Int64
    /// Why it does not.
    public var why: String

    /// Makes the value.
    public init(sequence: Int64, why: String) {
        self.sequence = sequence
        self.why = why
    }

    /// An entry between this one and the one before is gone, or was put in.
    public static func missing(before sequence: Int64) -> JournalBreak {
        JournalBreak(sequence: sequence, why: "an entry before it is missing or was put in")
    }
    /// It names another entry before.
    public static func unlinked(_ sequence: Int64) -> JournalBreak {
        JournalBreak(sequence: sequence, why: "it does not follow from the entry before")
    }
    /// Its content does not have its hash.
    public static func changed(_ sequence: Int64) -> JournalBreak {
        JournalBreak(sequence: sequence, why: "its content was changed")
    }
    /// The journal ends at another entry than the newest that was written.
    public static func truncated(_ sequence: Int64) -> JournalBreak {
        JournalBreak(
            sequence: sequence, why: "the newest entries are not those that were written last")
    }
}

extension JournalBreak: CustomStringConvertible {
    /// `entry 8: its content was changed`.
    public var description: String { "entry \(sequence): \(why)" }
}

/// Checks the chain of hashes.
public enum JournalChain {
    /// The first break; nil if the chain is whole.
    ///
    /// - Parameters:
    ///   - entries: entries in order.
    ///   - before: the entry before them; nil if they are all entries.
    ///   - length: the number of the newest entry that was written.
    ///   - head: its hash.
    public static func firstBreak(
        in entries: [JournalEntry], after before: JournalEntry? = nil, length: Int64? = nil,
        head: Digest? = nil
    ) -> JournalBreak? {
        var previous = before
        for entry in entries {
            if entry.sequence != (previous?.sequence ?? 0) + 1 {
                return .missing(before: entry.sequence)
            }
            if entry.previous != previous?.hash { return .unlinked(entry.sequence) }
            if !entry.isIntact { return .changed(entry.sequence) }
            previous = entry
        }
        if let length, previous?.sequence ?? 0 != length || previous?.hash != head {
            return .truncated(max(length, previous?.sequence ?? 0))
        }
        return nil
    }
}
