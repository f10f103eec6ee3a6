/// Flags a step after which somebody may do more than before.
public struct WidensAccess: RiskRule {
    /// The rule's name.
    public static let name = "WidensAccess"
    /// What it flags and why.
    public static let summary = """
        The step gives every role a right, lets a role pass a right on to others, gives an object \
        to another owner, or lets a role do what another may or what stands above rights \
        (SUPERUSER, CREATEROLE, REPLICATION, BYPASSRLS). Nothing fails and no row is lost, so \
        nothing else tells of it. \
        An owner may do everything with what is its own, drop it among it, and code that runs \
        with its owner's rights runs with those of the new one. A right for everybody is one \
        for roles that are made later, too.
        """
    /// Names under which other tools know it.
    public static let aliases = ["overbroad-grant", "grant to public", "with grant option"]
    /// When it gives which severity and risk.
    public static let severities = [
        "medium, caution: every role gains a right, or a role gains one that it may pass on.",
        "medium, caution: an object gets another owner.",
        "medium, caution: a role becomes a member of another.",
        "high, caution: a role gets what stands above rights.",
    ]
    /// Whether its severity follows the size of tables.
    public static let followsSize = false
    /// What it flags and its harmless twin.
    public static let examples = RiskExamples(
        bad: "Let everybody read a table",
        good: "Let one role read a table")

    /// Makes the rule.
    public init() {}

    /// What it finds in a step.
    public func findings(for subject: RiskSubject) -> [Finding] {
        (subject.effects.exposures ?? []).map { exposure in
            Finding(
                rule: Self.name, severity: exposure.sort == .power ? .high : .medium,
                risk: .caution, step: subject.step.id,
                object: exposure.object, message: Self.message(exposure),
                evidence: ["compared with the rights that the target has now"],
                remedy: Self.remedy(exposure.sort))
        }
    }

    private static func message(_ exposure: Effects.Exposure) -> String {
        switch exposure.sort {
        case .everybody: "Every role gets \(exposure.what) on \(exposure.object)."
        case .passingOn: "\(exposure.what) on \(exposure.object), and may pass it on."
        case .power: "\(exposure.object) gets \(exposure.what)."
        case .membership:
            "\(exposure.object) becomes a member of \(exposure.what), and may do what that may."
        case .owner: "The owner of \(exposure.object) becomes \(exposure.what)."
        }
    }

    private static func remedy(_ sort: Effects.Exposure.Sort) -> String {
        switch sort {
        case .everybody: "Name the roles that need the right, unless it is meant for all."
        case .passingOn: "Give the right without the option, unless the role is to pass it on."
        case .power: "Leave it out, unless rights are not to hold for the role."
        case .membership:
            "Give it the rights that it needs, unless it is to have all of that role's."
        case .owner: "Make sure that the new owner is meant to have all rights on it."
        }
    }
}
