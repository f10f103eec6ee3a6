import Foundation
import Planning
import SchemaCore
import TestSupport
import Testing

@Suite("Plan rendering")
struct PlanRenderingTests {
    let plan = ShopPlan.plan
    let assessment = ShopPlan.assessment

    static func golden(_ name: String) -> String {
        let suite = URL(filePath: #filePath).deletingLastPathComponent().path
        return corpusFolder("rendering", from: suite) + "/" + name
    }

    @Test("text, plain and verbose")
    func text() {
        expectGolden(PlanText.render(plan, assessment), at: Self.golden("shop.txt"))
        expectGolden(
            PlanText.render(plan, assessment, options: .init(isVerbose: true)),
            at: Self.golden("shop-verbose.txt"))
    }

    @Test("colour changes nothing but colour")
    func colour() throws {
        let coloured = PlanText.render(plan, assessment, options: .init(style: .ansi))
        #expect(coloured.contains("\u{1B}[1;31mdestructive\u{1B}[0m"))
        let escapes = try Regex("\u{1B}\\[[0-9;]*m")
        #expect(coloured.replacing(escapes, with: "") == PlanText.render(plan, assessment))
    }

    @Test("the script, the report, the plan document and SARIF")
    func documents() {
        expectGolden(
            PlanSQL.render(plan, assessment, settings: ["SET one = 1;"]),
            at: Self.golden("shop.sql"))
        expectGolden(PlanMarkdown.render(plan, assessment), at: Self.golden("shop.md"))
        expectGolden(PlanDocument(plan, assessment).json, at: Self.golden("shop.json"))
        expectGolden(PlanSARIF.render(plan, assessment), at: Self.golden("shop.sarif"))
    }

    @Test("the report has its headings in order, with nothing forged between")
    func headings() {
        let report = PlanMarkdown.render(plan, assessment)
        var isCode = false
        let headings = report.split(separator: "\n").filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && ["# ", "## ", "### "].contains { line.hasPrefix($0) }
        }.dropFirst()
        #expect(
            headings == [
                "## Schema Changes", "### Tables Created", "### Tables Modified",
                "### Indexes Added", "### Other Objects", "## Migration Plan", "### Expand",
                "### Contract", "## Data Impact", "## Backup Verification", "## Findings",
                "## How to approve",
            ])
        #expect(report.contains("- [ ] Backup created\n- [ ] Restore tested"))
    }

    @Test("no rendering lets an escape or a direction override through, but for SQL statements")
    func harmless() {
        let renderings = [
            PlanText.render(plan, assessment, options: .init(isVerbose: true)),
            PlanMarkdown.render(plan, assessment), PlanDocument(plan, assessment).json,
            PlanSARIF.render(plan, assessment),
        ]
        for text in renderings { #expect(!TerminalSafe.isTricky(text)) }
        let script = PlanSQL.render(plan, assessment)
        #expect(script.contains("Careful: control characters"))
        let comments = script.split(separator: "\n").filter { $0.hasPrefix("--") }
        #expect(!TerminalSafe.isTricky(comments.joined()))
        #expect(script.contains("DROP TABLE app.\"\(ShopPlan.hostile)\";"))
    }

    @Test("nothing to do is said in every form")
    func empty() {
        let plan = Sample.plan([])
        let assessment = Sample.assessment(plan)
        let words = "Nothing to do: live and desired are equal."
        #expect(PlanText.render(plan, assessment).hasSuffix("\n\(words)\n"))
        #expect(PlanSQL.render(plan, assessment).hasSuffix("-- \(words)\n"))
        #expect(!PlanSQL.render(plan, assessment, settings: ["SET a"]).contains("SET "))
        #expect(PlanMarkdown.render(plan, assessment).contains(words))
        #expect(PlanMarkdown.render(plan, assessment).contains("Nothing to approve."))
        #expect(PlanSARIF.render(plan, assessment).contains("\"results\" : [\n\n      ]"))
    }

    @Test("a plan document is read back, whatever its assessment says")
    func readBack() throws {
        let json = PlanDocument(plan, assessment).json
        #expect(try PlanDocument.plan(from: Data(json.utf8), name: "p.json") == plan)
        let whole = try JSONDecoder().decode(PlanDocument.self, from: Data(json.utf8))
        #expect(whole.plan == plan && whole.assessment == assessment)
        let other = json.replacing("\"risk\" : \"destructive\"", with: "\"risk\" : \"safe\"")
        #expect(other != json)
        #expect(try PlanDocument.plan(from: Data(other.utf8), name: "p.json") == plan)
    }

    @Test(
        "a document that is none, is of another version or was changed is refused",
        arguments: [
            ("", "not-a-plan"), ("[]", "not-a-plan"), ("{\"kind\": \"Plan\"}", "not-a-plan"),
            ("{\"apiVersion\": \"lockstep.dev/v1\", \"kind\": \"Drift\"}", "not-a-plan"),
            ("{\"apiVersion\": \"lockstep.dev/v9\", \"kind\": \"PlanReport\"}", "plan-version"),
            ("{\"apiVersion\": \"lockstep.dev/v1\", \"kind\": \"PlanReport\"}", "not-a-plan"),
        ])
    func refused(_ text: String, _ code: String) throws {
        let error = try #require(throws: DiagnosticsError.self) {
            try PlanDocument.plan(from: Data(text.utf8), name: "p.json")
        }
        #expect(error.diagnostics.map(\.code) == [code])
        #expect(error.diagnostics.allSatisfy { $0.help?.contains("plan -o json") == true })
    }

    @Test("one changed statement is found by the digest")
    func tampered() throws {
        let json = PlanDocument(plan, assessment).json
        let other = json.replacing("RENAME COLUMN name TO", with: "RENAME COLUMN name2 TO")
        let error = try #require(throws: DiagnosticsError.self) {
            try PlanDocument.plan(from: Data(other.utf8), name: "p.json")
        }
        #expect(error.diagnostics.map(\.code) == ["plan-digest"])
    }

    @Test("SARIF is JSON in which every result names a rule of its list")
    func sarif() throws {
        struct Log: Decodable {
            struct Run: Decodable {
                struct Rule: Decodable { let id: String }
                struct Driver: Decodable { let rules: [Rule] }
                struct Tool: Decodable { let driver: Driver }
                struct Result: Decodable {
                    let ruleId: String
                    let ruleIndex: Int
                }
                let tool: Tool
                let results: [Result]
            }
            let version: String
            let runs: [Run]
        }
        let text = PlanSARIF.render(plan, assessment)
        let log = try JSONDecoder().decode(Log.self, from: Data(text.utf8))
        let run = try #require(log.runs.first)
        #expect(log.version == "2.1.0")
        #expect(run.results.count == assessment.findings.count)
        for result in run.results {
            #expect(run.tool.driver.rules[result.ruleIndex].id == result.ruleId)
        }
    }
}
