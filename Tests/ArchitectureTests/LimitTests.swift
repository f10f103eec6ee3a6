import Testing

/// The numbers of docs/limits.md are those of the code.
@Suite("docs/limits.md")
struct LimitTests {
    /// A row of one of its tables: `| what | value | place: code | what happens |`.
    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let value: String
        /// Below Sources.
        let path: String
        /// The piece of code that sets the number, as it stands there.
        let code: String
        /// What the code counts in, where it does not say so itself.
        let unit: String?
        var testDescription: String { what }
    }

    static let document = "docs/limits.md"

    static let rows: [Row] = Repository.text(document).split(separator: "\n").compactMap { line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        guard cells.count == 6, cells[3].hasPrefix("`") else { return nil }
        let parts = cells[3].split(separator: "`", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        guard parts.count >= 5 else { return nil }
        return Row(
            what: cells[1], value: cells[2], path: parts[1], code: parts[3],
            unit: parts[4].hasPrefix("in ") ? String(parts[4].dropFirst(3)) : nil)
    }

    @Test("a number is the one in the code", arguments: rows)
    func number(_ row: Row) throws {
        let path = "Sources/\(row.path)"
        try #require(Repository.exists(path), "\(path) is no more")
        #expect(
            Repository.text(path).contains(row.code),
            "\(path) does not hold \(row.code); \(Self.document) is out of date")
        let inCode = try #require(Self.number(inCode: row.code), "no number in \(row.code)")
        let factor = row.unit.map { Self.units[$0] ?? 0 } ?? 1
        #expect(Self.number(inText: row.value) == inCode * factor, "\(row.value): \(row.code)")
    }

    @Test(
        "every limit of the four lists of limits is in the document",
        arguments: [
            "Manifest/ManifestLimits.swift", "GitSource/GitLimits.swift",
            "Planning/ExecutionLimits.swift", "Planning/Risk/RiskThresholds.swift",
        ])
    func completeness(_ path: String) {
        let source = SwiftSource(path: "Sources/\(path)", text: Repository.text("Sources/\(path)"))
        let names = source.code.compactMap { line -> String? in
            let words = line.split { !($0.isLetter || $0.isNumber) }
            guard words.first == "public",
                let place = words.firstIndex(where: {
                    $0 == "var" || $0 == "let"
                }), words.count > place + 1, !line.contains("{")
            else { return nil }
            return String(words[place + 1])
        }
        #expect(!names.isEmpty)
        let listed = Self.rows.filter { $0.path == path }.map(\.code)
        for name in names {
            #expect(listed.contains { $0.hasPrefix(name) }, "\(Self.document) lacks \(name)")
        }
    }

    @Test("has rows, and reads units")
    func reading() {
        #expect(Self.rows.count > 30)
        #expect(Self.number(inText: "1 MiB") == 1_048_576)
        #expect(Self.number(inText: "21,600 s") == 21_600_000)
        #expect(Self.number(inText: "1.5 s") == 1_500)
        #expect(Self.number(inText: "1,000 files") == 1_000)
        #expect(Self.number(inCode: "a = 1 << 20") == 1_048_576)
        #expect(Self.number(inCode: "limit: Int = 2_000") == 2_000)
        #expect(Self.number(inCode: "x10 = .seconds(30)") == 30_000)
        #expect(Self.number(inCode: "none") == nil)
    }

    /// How much each unit is; times are in milliseconds.
    static let units: [String: Double] = [
        "ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "days": 86_400_000,
        "KiB": 1_024, "MiB": 1_048_576, "GiB": 1_073_741_824,
    ]

    static func number(inText text: String) -> Double? {
        let words = text.split(separator: " ")
        guard let first = words.first, let number = Double(first.filter { $0 != "," }) else {
            return nil
        }
        return number * (words.count > 1 ? units[String(words[1])] ?? 1 : 1)
    }

    /// The last number of a piece of code, with its shift or its unit.
    static func number(inCode code: String) -> Double? {
        var words = code.split { !($0.isNumber || $0.isLetter || "_.<".contains($0)) }
        guard let last = words.popLast(),
            let number = Double(last.filter { $0 != "_" })
        else { return nil }
        if words.count >= 2, words.last == "<<", let base = Double(words[words.count - 2]) {
            return base * Double(1 << Int(number))
        }
        switch words.last.map({ String($0.drop { $0 != "." }) }) {
        case ".seconds": return number * 1_000
        case ".milliseconds": return number
        default: return number
        }
    }
}
