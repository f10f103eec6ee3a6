public import SchemaCore

/// Looks for renames that could never be done.
public enum RenameChecks {
    /// Where something is declared.
    public struct Declared: Sendable {
        /// Its place.
        public let span: SourceSpan?

        /// Takes a place.
        public init(at span: SourceSpan?) { self.span = span }
    }

    /// What is wrong with the renames.
    ///
    /// - Parameter declared: where manifests declare what has this address; nil if none does.
    public static func diagnostics(
        _ renames: [RequestedRename], declared: (ObjectID) -> Declared?
    ) -> [Diagnostic] {
        var out: [Diagnostic] = []
        var claimed: [ObjectID: RequestedRename] = [:]
        for rename in renames {
            if rename.candidates.contains(rename.to) {
                out.append(
                    .error(
                        "rename-conflict", "\(rename.to) is renamed from its own name",
                        at: rename.span, help: "write the former name, or remove renamedFrom"))
                continue
            }
            if let problem = stillDeclared(rename, declared) {
                out.append(problem)
                continue
            }
            for candidate in rename.candidates {
                guard let other = claimed[candidate], other.to != rename.to else {
                    claimed[candidate] = rename
                    continue
                }
                out.append(
                    .error(
                        "rename-conflict",
                        "\(rename.to) and \(other.to) are both renamed from \(candidate)",
                        at: rename.span, help: "only one of them can have been \(candidate.name)",
                        notes: [.init("the other one is here", at: other.span)]))
                break
            }
        }
        return out + circles(renames)
    }

    /// Names that go round: which of them something has cannot be told from the names that are
    /// there, before as after the renames.
    private static func circles(_ renames: [RequestedRename]) -> [Diagnostic] {
        let byName = Dictionary(renames.map { ($0.to, $0) }, uniquingKeysWith: { one, _ in one })
        func former(_ rename: RequestedRename) -> RequestedRename? {
            rename.candidates.lazy.compactMap { byName[$0] }.first { $0.to != rename.to }
        }
        var told: Set<ObjectID> = []
        return renames.compactMap { rename in
            guard !told.contains(rename.to) else { return nil }
            var circle = [rename]
            var seen: Set<ObjectID> = [rename.to]
            while let next = former(circle[circle.count - 1]) {
                if next.to == rename.to { break }
                guard seen.insert(next.to).inserted else { return nil }
                circle.append(next)
            }
            guard circle.count > 1, former(circle[circle.count - 1])?.to == rename.to else {
                return nil
            }
            told.formUnion(circle.map(\.to))
            let names = circle.map(\.to.description).joined(separator: ", ")
            return .error(
                "rename-conflict",
                "\(names) are renamed in a circle, which nobody can tell from one that is done",
                at: rename.span,
                help: "make two changes of it: give \(rename.to.name) a name that is free in the "
                    + "first, and the names that are meant in the second")
        }
    }

    /// While both names are declared, the rename can never come to rest.
    private static func stillDeclared(
        _ rename: RequestedRename, _ declared: (ObjectID) -> Declared?
    ) -> Diagnostic? {
        for candidate in rename.candidates {
            guard let object = declared(candidate) else { continue }
            return .error(
                "rename-conflict",
                "\(rename.to) is renamed from \(candidate), which is declared as well",
                at: rename.span, help: "remove renamedFrom, or the object with the former name",
                notes: object.span.map { [.init("\(candidate) is declared here", at: $0)] } ?? [])
        }
        return nil
    }
}
