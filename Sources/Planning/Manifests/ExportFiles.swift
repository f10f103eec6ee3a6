public import Manifest

/// Files by path, with safe and distinct names.
public struct ExportFiles: Sendable {
    private var documents: [String: [YAMLValue]] = [:]
    private var folders: [[String]: String] = [:]
    private var names: [String: [String: String]] = [:]
    private var taken: [String: Set<String>] = [:]

    /// Makes no files yet.
    public init() {}

    /// Adds a document and gives the path of its file; those of one folder and name share one.
    @discardableResult
    public mutating func add(
        _ document: YAMLValue, to folder: [String], name: String
    ) -> String {
        var path = ""
        for part in folder { path += safe(part, in: path) + "/" }
        path += safe(name, in: path) + ".yaml"
        documents[path, default: []].append(document)
        return path
    }

    /// The files in order.
    ///
    /// - Parameter schemaReference: where editors find the JSON Schema, by URL or path; it
    ///   becomes the first line of every file.
    public func manifests(schemaReference: String?) -> [ExportedManifest] {
        documents.sorted { $0.key < $1.key }.map { path, documents in
            var all = documents
            if let schemaReference {
                all[0] = .commented(["yaml-language-server: $schema=\(schemaReference)"], all[0])
            }
            return ExportedManifest(path: path, text: YAMLEmitter.text(of: all))
        }
    }

    /// A name that every file system takes, the same for the same name, another for another even
    /// where upper and lower case are one.
    private mutating func safe(_ name: String, in folder: String) -> String {
        if let known = names[folder]?[name] { return known }
        let plain = String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    let isSafe =
                        scalar.isASCII
                        && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                            || scalar == "_" || scalar == "-")
                    return isSafe ? scalar : "_"
                }
            ).prefix(80))
        var candidate = Self.deviceNames.contains(plain.lowercased()) ? plain + "_" : plain
        if candidate.hasPrefix("-") { candidate = "_" + candidate.dropFirst() }
        let base = candidate
        var number = 1
        while !taken[folder, default: []].insert(candidate.lowercased()).inserted {
            number += 1
            candidate = "\(base)-\(number)"
        }
        names[folder, default: [:]][name] = candidate
        return candidate
    }

    /// What Windows does not take as names of files.
    private static let deviceNames: Set<String> = [
        "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
        "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    ]
}
