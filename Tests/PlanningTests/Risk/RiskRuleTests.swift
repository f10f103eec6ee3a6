// Time budget: 5 s

import Foundation
import Planning
import SchemaCore
import TestSupport
import Testing

@Suite("Risk rules")
struct RiskRuleTests {
    @Test("finds what the corpus says, and nothing in the harmless twins", arguments: RiskCase.all)
    func corpus(_ one: RiskCase) throws {
        let rule = try #require(RiskRules.all.first { type(of: $0).name == one.rule })
        let findings = one.findings(rule)
        if one.isBad {
            #expect(findings.contains { $0.severity > .info })
            #expect(findings.contains { $0.risk > .safe || $0.step == nil })
        } else {
            #expect(findings.allSatisfy { $0.risk == .safe })
        }
        expectGolden(
            Self.text(findings), at: one.folder.appending(path: "findings.golden").path)
    }

    @Test("is complete: a name, a manual page, and at least two cases of each sort for every rule")
    func completeness() throws {
        for rule in RiskRules.all {
            let type = type(of: rule)
            let cases = RiskCase.all.filter { $0.rule == type.name }
            let bad = cases.filter(\.isBad)
            #expect(bad.count >= 2, "\(type.name) needs bad cases")
            #expect(cases.count - bad.count >= 2, "\(type.name) needs good cases")
            #expect(bad.contains { $0.facts.title == type.examples.bad })
            #expect(cases.contains { !$0.isBad && $0.facts.title == type.examples.good })
            #expect(!type.summary.isEmpty && !type.aliases.isEmpty && !type.severities.isEmpty)
            let page = try RiskManual.text(type.name.lowercased()).get()
            #expect(page.hasPrefix(type.name + "\n"))
            for alias in type.aliases { #expect(page.contains(alias.split(separator: " ")[0])) }
        }
        let names = RiskRules.all.map { type(of: $0).name }
        #expect(Set(names).count == names.count)
        #expect(Set(RiskCase.all.map(\.rule)) == Set(names), "a corpus folder has no rule")
        #expect(names.allSatisfy(RiskManual.list().contains))
    }

    @Test("every finding has evidence and says what to do")
    func substance() throws {
        for one in RiskCase.all {
            let rule = try #require(RiskRules.all.first { type(of: $0).name == one.rule })
            for finding in one.findings(rule) {
                #expect(!finding.evidence.isEmpty && finding.evidence.allSatisfy { !$0.isEmpty })
                #expect(finding.message.hasSuffix("."))
                #expect(finding.remedy.hasSuffix("."))
            }
        }
    }

    @Test("what can lose data is destructive, whatever its size and count")
    func lossIsDestructive() {
        let loss = ["DestroysData", "LosesValues"]
        for one in RiskCase.all where loss.contains(one.rule) && one.isBad {
            guard let step = one.facts.step?.value else { continue }
            let all = RiskRules.all.flatMap { one.findings($0) }
            #expect(all.contains { $0.risk == .destructive }, "\(step.id)")
        }
    }

    @Test("explains by alias, and asks what an unknown name was meant to be")
    func manual() throws {
        #expect(try RiskManual.text("DS102").get().hasPrefix("DestroysData\n"))
        let both = try RiskManual.text("changing-column-type").get()
        #expect(both.contains("LosesValues\n") && both.contains("RewritesTable\n"))
        guard case .failure(let unknown) = RiskManual.text("DestroyData\u{1B}") else {
            Issue.record("an unknown rule was explained")
            return
        }
        #expect(unknown.suggestion == "DestroysData")
        #expect(unknown.message.contains("did you mean DestroysData?"))
        #expect(!unknown.message.contains("\u{1B}"))
    }

    @Test(
        "classes of size",
        arguments: [
            (Observations.Size(rows: 9_999, heapBytes: 1_000, indexBytes: 0), "small"),
            (Observations.Size(rows: 10_000, heapBytes: 1_000, indexBytes: 0), "medium"),
            (Observations.Size(rows: 5, heapBytes: 8 << 20, indexBytes: 2 << 20), "medium"),
            (Observations.Size(rows: 1_000_000, heapBytes: 0, indexBytes: 0), "large"),
            (Observations.Size(rows: 5, heapBytes: 1 << 30, indexBytes: 0), "large"),
            (nil, "large"),
        ])
    func sizes(_ size: Observations.Size?, _ expected: String) {
        #expect("\(RiskThresholds.sizeClass(size))" == expected)
    }

    static func text(_ findings: [Finding]) -> String {
        if findings.isEmpty { return "nothing\n" }
        return findings.map { finding in
            ([
                "\(finding.severity.rawValue), \(finding.risk.rawValue): \(finding.message)",
                "  object: \(finding.object)",
            ] + finding.evidence.map { "  evidence: \($0)" } + ["  do: \(finding.remedy)"])
            .map(TerminalSafe.line).joined(separator: "\n") + "\n"
        }.joined()
    }
}
