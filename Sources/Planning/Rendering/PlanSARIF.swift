import SchemaCore

/// The findings as SARIF 2.1.0, for tools that collect the results of analyses.
public enum PlanSARIF {
    /// The JSON, with a line end behind.
    public static func render(
        _ plan: Plan, _ assessment: Assessment, rules: [any RiskRule] = RiskRules.all
    ) -> String {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        let names = rules.map { type(of: $0).name }
        let driver = Driver(
            name: "lockstep",
            rules: rules.map { rule in
                let type = type(of: rule)
                return .init(
                    id: type.name, shortDescription: .init(text: type.examples.bad),
                    fullDescription: .init(text: type.summary),
                    help: .init(text: (try? RiskManual.text(type.name, rules: rules).get()) ?? ""))
            })
        let run = Run(
            tool: .init(driver: driver),
            results: assessment.findings.map { result($0, names, plan) },
            properties: .init(planDigest: plan.digest, risk: assessment.risk))
        do {
            return TerminalSafe.json(try CanonicalJSON.pretty(Log(runs: [run])))
        } catch {
            preconditionFailure("findings could not be encoded: \(error)")
        }
    }

    private static func result(_ finding: Finding, _ rules: [String], _ plan: Plan) -> Result {
        let address = Digest(
            of: [finding.rule, finding.step ?? "", finding.object.key]
                .joined(separator: "\u{0}"))
        let lines =
            [finding.message] + finding.evidence.map { "Seen: " + $0 }
            + ["Remedy: " + finding.remedy]
        return Result(
            ruleId: finding.rule, ruleIndex: rules.firstIndex(of: finding.rule) ?? -1,
            level: level(finding.severity), message: .init(text: lines.joined(separator: "\n")),
            locations: [
                .init(logicalLocations: [
                    .init(
                        name: finding.object.name,
                        fullyQualifiedName: finding.object.dottedPath,
                        kind: finding.object.kind.rawValue)
                ])
            ], partialFingerprints: ["lockstepFinding/v1": address.description],
            properties: .init(
                severity: finding.severity, risk: finding.risk, step: finding.step))
    }

    private static func level(_ severity: Finding.Severity) -> String {
        switch severity {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .info: "note"
        }
    }

    // MARK: The parts of the format that are used

    private struct Log: Encodable {
        let schema = "https://json.schemastore.org/sarif-2.1.0.json"
        let version = "2.1.0"
        let runs: [Run]
        enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case version, runs
        }
    }
    private struct Run: Encodable {
        struct Tool: Encodable { let driver: Driver }
        struct Properties: Encodable {
            let planDigest: Digest
            let risk: Risk
        }
        let tool: Tool
        let results: [Result]
        let properties: Properties
    }
    private struct Driver: Encodable {
        struct Rule: Encodable {
            let id: String
            let shortDescription: Text
            let fullDescription: Text
            let help: Text
        }
        let name: String
        let rules: [Rule]
    }
    private struct Text: Encodable { let text: String }
    private struct Result: Encodable {
        struct Location: Encodable { let logicalLocations: [Logical] }
        struct Logical: Encodable {
            let name: String
            let fullyQualifiedName: String
            let kind: String
        }
        struct Properties: Encodable {
            let severity: Finding.Severity
            let risk: Risk
            let step: String?
        }
        let ruleId: String
        let ruleIndex: Int
        let level: String
        let message: Text
        let locations: [Location]
        let partialFingerprints: [String: String]
        let properties: Properties
    }
}
