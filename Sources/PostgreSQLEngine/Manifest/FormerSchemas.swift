// Owns where things may still be called by a former name of their schema. Invariant: a rename that
// is asked for is found whether the schema has its new name already or not.

import Planning
import SchemaCore

/// The former names of schemas, as manifests tell them.
struct FormerSchemas {
    private var names: [String: [String]] = [:]

    init(_ renames: [RequestedRename]) {
        for rename in renames where rename.to.kind == .schema {
            names[rename.to.name, default: []] += rename.candidates.map(\.name)
        }
    }

    /// The same renames, each with the addresses that it has below a schema's former names.
    func widened(_ renames: [RequestedRename]) -> [RequestedRename] {
        if names.isEmpty { return renames }
        return renames.map { rename in
            if rename.to.kind == .schema { return rename }
            let former = rename.candidates.flatMap { candidate in
                (names[candidate.path[0]] ?? []).map {
                    ObjectID(candidate.kind, [$0] + candidate.path.dropFirst())
                }
            }
            return RequestedRename(
                candidates: Array(OrderedSet(rename.candidates + former)), to: rename.to,
                span: rename.span)
        }
    }
}
