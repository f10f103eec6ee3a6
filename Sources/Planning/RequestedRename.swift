public import SchemaCore

/// A `renamedFrom` in a manifest: what an object may still be called in a live database.
///
/// It does nothing once the database has the new name. Which of the old names applies is found in
/// the live catalog: the table of a renamed column may itself wait for its new name.
public struct RequestedRename: Hashable, Sendable {
    /// The addresses that the object may have in a live database, likeliest first.
    public let candidates: [ObjectID]
    /// The address that it gets.
    public let to: ObjectID
    /// Where it was written.
    public let span: SourceSpan

    /// Makes the request.
    public init(candidates: [ObjectID], to: ObjectID, span: SourceSpan) {
        self.candidates = candidates
        self.to = to
        self.span = span
    }
}

extension RequestedRename {
    /// What requests come to for these live addresses, seen together: a name that one of them
    /// gives away is free for another, so that `b` can become `c` while `a` becomes `b`.
    ///
    /// - Parameter isDeclared: whether manifests declare what has an address: a former name may be
    ///   taken by another object, which is there once the rename is done.
    /// - Returns: the renames, with the addresses that the objects have now, in the order of the
    ///   requests, and what is wrong with those where both names exist, or more than one of the
    ///   old ones. Where the database has the new name already, or neither, there is none.
    public static func resolved(
        _ requests: [RequestedRename], isLive: (ObjectID) -> Bool,
        isDeclared: (ObjectID) -> Bool = { _ in false }
    ) -> (renames: [Rename], problems: [Diagnostic]) {
        var found: [Int: Rename] = [:]
        var problems: [Int: Diagnostic] = [:]
        var given: Set<ObjectID> = []
        var goesOn = true
        while goesOn {
            goesOn = false
            for (place, request) in requests.enumerated()
            where found[place] == nil && problems[place] == nil {
                guard !isLive(request.to) || given.contains(request.to) else { continue }
                let present = request.candidates.filter(isLive)
                guard let from = present.first else { continue }
                goesOn = true
                if present.count > 1 {
                    problems[place] = request.ambiguity(present)
                } else {
                    found[place] = Rename(from: from, to: request.to)
                    given.insert(from)
                }
            }
        }
        for (place, request) in requests.enumerated()
        where found[place] == nil && problems[place] == nil && isLive(request.to) {
            let other = request.candidates.first {
                isLive($0) && !isDeclared($0) && !given.contains($0)
            }
            problems[place] = other.map(request.conflict)
        }
        return (
            found.sorted { $0.key < $1.key }.map(\.value),
            problems.sorted { $0.key < $1.key }.map(\.value)
        )
    }

    private func conflict(with other: ObjectID) -> Diagnostic {
        .error(
            "rename-conflict", "the database has both \(other) and \(to)", at: span,
            help: "drop one of the two by hand, or leave renamedFrom away and declare both")
    }

    private func ambiguity(_ present: [ObjectID]) -> Diagnostic {
        .error(
            "rename-ambiguous",
            "the database has more than one of the old names: "
                + present.map(\.description).joined(separator: ", "), at: span,
            help: "name the one that is meant")
    }
}

extension [Rename] {
    /// The same renames, each after that which makes room for its new name, and else in their
    /// order.
    public func makingRoom() -> [Rename] {
        var waiting = self
        var out: [Rename] = []
        while !waiting.isEmpty {
            let next =
                waiting.indices.first { place in
                    !waiting.contains { $0.from == waiting[place].to && $0 != waiting[place] }
                } ?? 0
            out.append(waiting.remove(at: next))
        }
        return out
    }
}
