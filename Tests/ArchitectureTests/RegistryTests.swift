import Testing

/// What is registered in one place and lives in another.
@Suite("Registries are complete")
struct RegistryTests {
    @Test("every rule in Risk/Rules is in RiskRule+All, and nothing else is")
    func riskRules() {
        let rules = Repository.files(below: "Sources/Planning/Risk/Rules")
            .map { $0.split(separator: "/").last ?? "" }
            .filter { !$0.contains("+") }
            .map { String($0.dropLast(".swift".count)) }
        let registry = SwiftSource(
            path: "Sources/Planning/Risk/RiskRule+All.swift",
            text: Repository.text("Sources/Planning/Risk/RiskRule+All.swift"))
        let listed = registry.code.compactMap { line -> String? in
            let entry = line.trimmed
            return entry.hasSuffix("(),") ? String(entry.dropLast(3)) : nil
        }
        #expect(!rules.isEmpty)
        #expect(listed.sorted() == rules.sorted())
    }

    /// Kinds whose definitions stand in the folder of another kind.
    static let housed = [
        "columnDefault": "Column", "domainConstraint": "Domain", "rowSecurity": "TableMark",
        "replicaIdentity": "TableMark", "clustering": "TableMark",
        "owner": "Access", "grants": "Access",
    ]
    /// Kinds that no document of their own declares: they come with what they belong to.
    static let undeclared: Set<String> = ["Comment"]

    @Test("every kind of PostgreSQL object has its folder with definition, manifest and inspection")
    func objectKinds() {
        let cases =
            cases(of: "Definition", in: "Sources/PostgreSQLEngine/Object.swift")
            + cases(
                of: "PlainDefinition",
                in: "Sources/PostgreSQLEngine/Objects/Plain/PlainDefinition.swift")
        #expect(cases.count > 10)
        var folders: Set<String> = ["Plain"]
        for name in cases where name != "plain" {
            let own = name.prefix(1).uppercased() + name.dropFirst()
            let kind = Self.housed[name] ?? own
            let folder = "Sources/PostgreSQLEngine/Objects/\(kind)"
            folders.insert(kind)
            #expect(
                Repository.exists("\(folder)/\(kind).swift")
                    || Repository.exists("\(folder)/\(own).swift"), "\(name) has no definition")
            guard !Self.undeclared.contains(kind) else { continue }
            for part in ["Manifest", "Inspect"] {
                #expect(
                    Repository.exists("\(folder)/\(kind)+\(part).swift"), "\(kind) has no +\(part)")
            }
        }
        #expect(Set(Repository.folders(in: "Sources/PostgreSQLEngine/Objects")) == folders)
    }

    /// The cases of an enum.
    private func cases(of name: String, in path: String) -> [String] {
        let source = SwiftSource(path: path, text: Repository.text(path))
        let begin = source.code.firstIndex { $0.contains("enum \(name)") } ?? 0
        return source.code[begin...].dropFirst().prefix {
            !$0.contains("}") && !$0.contains("var ")
        }
        .compactMap { line -> String? in
            let words = line.split { !($0.isLetter || $0.isNumber) }
            return words.count > 1 && words[0] == "case" ? String(words[1]) : nil
        }
    }
}
