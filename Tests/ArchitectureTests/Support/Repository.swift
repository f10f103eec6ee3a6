// Owns where the repository is and which of its files the tests read.

import Foundation

/// The checkout that these tests were built from.
enum Repository {
    /// Its folder, without a slash at the end.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// All Swift sources of `Sources` and `Tests`, in order of their paths.
    static let swiftFiles: [SwiftSource] =
        (files(below: "Sources") + files(below: "Tests"))
        .filter { $0.hasSuffix(".swift") }
        .map { SwiftSource(path: $0, text: text($0)) }

    /// The Swift sources of the product, which most rules are about.
    static let productFiles = swiftFiles.filter { $0.path.hasPrefix("Sources/") }

    /// The files that git knows, as paths from the root; without git, all that are no build
    /// products.
    static func files(below folder: String) -> [String] {
        let base = "\(root)/\(folder)"
        let names = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            var isFolder: ObjCBool = false
            FileManager.default.fileExists(atPath: "\(base)/\(name)", isDirectory: &isFolder)
            return !isFolder.boolValue && !name.contains("__pycache__")
        }
        .map { "\(folder)/\($0)" }.sorted()
    }

    /// The folders directly in a folder.
    static func folders(in folder: String) -> [String] {
        let base = "\(root)/\(folder)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.filter { isFolder("\(folder)/\($0)") }.sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
            && isFolder.boolValue
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(root)/\(path)")
    }

    /// A file's text; what is no UTF-8 is replaced.
    static func text(_ path: String) -> String {
        guard let bytes = FileManager.default.contents(atPath: "\(root)/\(path)") else {
            preconditionFailure("\(path) cannot be read")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
