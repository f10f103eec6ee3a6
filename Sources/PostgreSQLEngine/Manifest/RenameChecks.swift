import Planning
import SchemaCore

/// Looks for renames that could never be done.
enum RenameChecks {
    static func diagnostics(_ renames: [RequestedRename], _ facts: ManifestFacts) -> [Diagnostic] {
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
            if let problem = stillDeclared(rename, facts) {
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
        _ rename: RequestedRename, _ facts: ManifestFacts
    ) -> Diagnostic? {
        for candidate in rename.candidates {
            let span: SourceSpan?
            if candidate.kind == .enumLabel {
                let type = ObjectID.enum(candidate.path[0], candidate.path[1])
                guard let object = facts.objects[type],
                    case .enum(let definition) = object.definition,
                    definition.labels.contains(candidate.name)
                else { continue }
                span = object.span
            } else {
                guard let object = facts.objects[candidate] else { continue }
                span = object.span
            }
            return .error(
                "rename-conflict",
                "\(rename.to) is renamed from \(candidate), which is declared as well",
                at: rename.span, help: "remove renamedFrom, or the object with the former name",
                notes: [.init("\(candidate) is declared here", at: span)])
        }
        return nil
    }
}
