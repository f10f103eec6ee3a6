/// The registry of the rules that concern every engine. A rule is added by one line here.
public enum RiskRules {
    /// All rules, in the order in which manual pages and findings of equal weight stand.
    public static let all: [any RiskRule] = [
        DestroysData(),
        LosesValues(),
        MayFailOnData(),
        NeedsPrivilege(),
        RewritesTable(),
        BlocksReads(),
        BlocksWrites(),
        BreaksRunningCode(),
        WidensAccess(),
        UnmodelledRule(),
    ]
}
