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
        return out
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
