public import Foundation
public import SchemaCore

/// The JSON of `plan -o json`: the plan with its assessment on one target.
///
/// A file of it can be applied later. Then the plan is checked against its digest, and the
/// assessment in the file is never trusted: the target is assessed anew.
public struct PlanDocument: Hashable, Codable, Sendable {
    /// `lockstep.dev/v1`.
    public private(set) var apiVersion = Self.currentVersion
    /// `PlanReport`.
    public private(set) var kind = Self.kindWord
    /// The plan's digest: what an approval names.
    public let planDigest: Digest
    /// The intent.
    public let plan: Plan
    /// What was known of it on one target.
    public let assessment: Assessment

    private static let currentVersion = "lockstep.dev/v1"
    private static let kindWord = "PlanReport"

    /// Makes the document.
    public init(_ plan: Plan, _ assessment: Assessment) {
        precondition(assessment.planDigest == plan.digest, "an assessment of another plan")
        planDigest = plan.digest
        self.plan = plan
        self.assessment = assessment
    }

    /// The JSON, indented, with a line end behind. Characters that could deceive a terminal are
    /// written as escapes, which mean the same in JSON.
    public var json: String {
        do {
            return TerminalSafe.json(try CanonicalJSON.pretty(self))
        } catch {
            preconditionFailure("a plan report could not be encoded: \(error)")
        }
    }

    /// Reads the plan out of a document's bytes.
    ///
    /// - Parameter name: the file, for messages.
    /// - Throws: `DiagnosticsError` if it is no such document, of another version, or if its plan
    ///   does not have the digest that it names.
    public static func plan(from data: Data, name: String) throws(DiagnosticsError) -> Plan {
        let file = TerminalSafe.line(name)
        let again = "make it again with: lockstep plan -o json --out \(ShellWord.quoted(name))"
        func failure(_ code: String, _ message: String) -> DiagnosticsError {
            DiagnosticsError([.error(code, message, help: again)])
        }
        struct Head: Decodable {
            let apiVersion: String
            let kind: String
        }
        guard let head = try? CanonicalJSON.decode(Head.self, from: data) else {
            throw failure(
                "not-a-plan", "\(file) is no plan: it is not JSON with apiVersion and kind")
        }
        guard head.kind == kindWord else {
            throw failure(
                "not-a-plan", "\(file) is a \(TerminalSafe.line(head.kind)), not a \(kindWord)")
        }
        guard head.apiVersion == currentVersion else {
            throw failure(
                "plan-version",
                "\(file) has the version \(TerminalSafe.line(head.apiVersion)), "
                    + "this program reads \(currentVersion)")
        }
        let intent: Intent
        do {
            intent = try CanonicalJSON.decode(Intent.self, from: data)
        } catch {
            throw failure("not-a-plan", "\(file) cannot be read as a plan: \(place(error))")
        }
        guard intent.plan.digest == intent.planDigest else {
            throw failure(
                "plan-digest",
                "\(file) was changed: its plan has the digest \(intent.plan.digest.short), "
                    + "not \(intent.planDigest.short) as it says")
        }
        return intent.plan
    }

    private struct Intent: Decodable {
        let planDigest: Digest
        let plan: Plan
    }

    private static func place(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "it is broken" }
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found),
            .keyNotFound(_, let found), .dataCorrupted(let found):
            context = found
        @unknown default: return "it is broken"
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return TerminalSafe.line(
            "at \(path.isEmpty ? "the top" : path): \(context.debugDescription)")
    }
}
