import Foundation
import Manifest

/// A project in `examples/`.
struct ExampleProject {
    let name: String
    let folder: URL

    static func all() throws -> [ExampleProject] {
        let shop = ManifestSchemaTests.root.appendingPathComponent("examples/shop")
        return ["1", "2"].map {
            ExampleProject(name: "shop/\($0)/", folder: shop.appendingPathComponent($0))
        }
    }

    /// The manifests with their paths below `schema/`, in order.
    func files() throws -> [(path: String, text: String)] {
        let schema = folder.appendingPathComponent("schema")
        let names = try FileManager.default.subpathsOfDirectory(atPath: schema.path)
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
            let text = try String(
                contentsOf: schema.appendingPathComponent(name), encoding: .utf8)
            return (name, text)
        }
    }

    func tree() throws -> ManifestTree {
        ManifestTree(
            files: try files().map { ManifestFile(path: $0.path, bytes: Array($0.text.utf8)) })
    }
}
