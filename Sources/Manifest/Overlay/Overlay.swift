// Owns how an environment's manifests change the base ones: on nodes, before any kind is known,
// so that every part of the result still knows which file it was written in.

import SchemaCore

/// Merges overlay documents into base documents: mappings by key, `null` removes, lists and
/// scalars replace. An overlay of nothing is an ordinary new document.
public enum Overlay {
    /// Merges; the order is the base's, with new documents behind.
    ///
    /// - Parameters:
    ///   - identity: what tells a document's object; nil leaves a document alone.
    ///   - context: takes warnings about overlays that remove what is not there.
    public static func merge(
        _ overlays: [ManifestDocument], into base: [ManifestDocument],
        identity: (ManifestDocument) -> ManifestIdentity?, _ context: inout DecodingContext
    ) -> [ManifestDocument] {
        var documents = base
        var places: [ManifestIdentity: Int] = [:]
        for (place, document) in base.enumerated() {
            if let identity = identity(document) { places[identity] = place }
        }
        for overlay in overlays {
            guard let identity = identity(overlay), let place = places[identity] else {
                documents.append(overlay)
                continue
            }
            let old = documents[place]
            documents[place] = ManifestDocument(
                kind: old.kind, node: merge(overlay.node, into: old.node, &context),
                file: old.file, index: old.index)
        }
        return documents
    }

    /// Merges one node into another.
    static func merge(
        _ overlay: YAMLNode, into base: YAMLNode, _ context: inout DecodingContext
    ) -> YAMLNode {
        guard case .mapping(let new) = overlay.content, case .mapping(let old) = base.content
        else { return overlay }
        var merged = old
        for entry in new {
            let place = merged.firstIndex { $0.key.text == entry.key.text }
            if entry.value.isNull {
                if let place {
                    merged.remove(at: place)
                } else {
                    let key = YAMLNode.shortened(entry.key.text ?? "")
                    context.report(
                        .warning(
                            "overlay-removes-nothing", "there is no \"\(key)\" to remove",
                            at: entry.key.span, help: "remove this line"))
                }
            } else if let place {
                merged[place] = YAMLEntry(
                    key: merged[place].key,
                    value: merge(entry.value, into: merged[place].value, &context))
            } else {
                merged.append(entry)
            }
        }
        return base.replacing(content: .mapping(merged))
    }
}
