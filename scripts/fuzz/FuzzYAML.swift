// The libFuzzer driver of scripts/fuzz-yaml: any bytes go the whole way of a manifest, from
// reading to decoding, to the text of the diagnostics and to formatting.

import Manifest
import SchemaCore

private struct Spec: Sendable {
    static let column = Decoding<String>.forms(
        scalar: .string,
        mapping: .object("column") { fields in
            let type = fields.required("type", .sql, "A type.")
            let nullable = fields.optional("nullable", .boolean, default: false, "A truth value.")
            return { $0[nullable] ? "" : $0[type].text }
        })

    static let decoding = Decoding<Int>.object("table") { fields in
        let name = fields.required("name", .name, "A name.")
        let columns = fields.optional("columns", .mapping(of: column), "Names.")
        let labels = fields.optional("labels", .oneOrMore(of: .text), "Texts.")
        let fill = fields.optional("fillfactor", .integer(in: 10...100), "A number.")
        let options = fields.optional("options", .texts, "Anything.")
        return { values in
            values[name].value.count + (values[columns]?.count ?? 0)
                + (values[labels]?.count ?? 0) + (values[fill] ?? 0)
                + (values[options]?.count ?? 0)
        }
    }
}

private let registry = KindRegistry<Int>([
    ManifestKind("Table", doc: "A table.", decoding: Spec.decoding) { spec, _, _ in [spec] }
])

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let file = ManifestFile(
        path: "f.yaml", bytes: Array(UnsafeBufferPointer(start: start, count: count)))
    let tree = ManifestTree(files: [file])
    var context = DecodingContext(nameBytes: 63)
    _ = registry.read(tree, overlays: [tree], &context)
    let texts = SourceTexts(tree.files)
    for diagnostic in context.diagnostics.sortedByPlace() {
        precondition(!diagnostic.rendered(line: texts.line).isEmpty)
    }
    let outcome = registry.formatter().format(file)
    precondition(outcome.text != nil || !outcome.diagnostics.isEmpty)
    return 0
}
