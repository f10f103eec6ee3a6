public import SchemaCore

/// Stalls a plan that would take away what looks like a mistake: an emptied or half-read folder.
///
/// Counts are of top-level objects (tables, views, functions …; not columns). Renamed objects do
/// not vanish. In a database of fewer than `smallest` objects a fifth is one or two, and dropping
/// those is everyday work that the acknowledgement of destructive steps guards already: there only
/// the loss of everything stalls.
public enum VanishGuard {
    /// From this many managed objects on, the share counts.
    public static let smallest = 10
    /// More than one in so many vanishing at once stalls.
    public static let share = 5

    /// What the guard says.
    public enum Verdict: Hashable, Sendable {
        /// Go on.
        case passes
        /// Stop until a person acknowledges it.
        case stalls(reason: String)
    }

    /// Judges what vanishes.
    ///
    /// - Parameters:
    ///   - managed: how many top-level objects are managed now.
    ///   - vanishing: how many of them the desired state no longer has.
    ///   - hasManifests: whether there is any manifest at all.
    ///   - isAcknowledged: whether a person said so: `--auto-approve destructive`.
    public static func judge(
        managed: Int, vanishing: Int, hasManifests: Bool, isAcknowledged: Bool
    ) -> Verdict {
        precondition(managed >= 0 && vanishing >= 0 && vanishing <= managed, "no such counts")
        if isAcknowledged || managed == 0 { return .passes }
        let help =
            "check that the right folder, revision and environment were read; if it is meant, "
            + "add --auto-approve destructive"
        let all = HumanText.count(Int64(managed), "managed object")
        if !hasManifests {
            return .stalls(reason: "there are no manifests, but \(all) in the target: \(help)")
        }
        if vanishing == managed {
            return .stalls(reason: "none of \(all) would be left: \(help)")
        }
        if managed >= smallest && vanishing * share > managed {
            return .stalls(
                reason: "\(vanishing) of \(all) would vanish at once, more than a fifth: \(help)")
        }
        return .passes
    }

    /// Judges what vanishes from a catalog: counts what is no part of another object.
    ///
    /// - Parameters:
    ///   - live: the managed part of the live catalog.
    ///   - vanishing: what the plan drops.
    ///   - standsAlone: whether an object only holds others together, as a schema does.
    public static func judge<Object>(
        live: Catalog<Object>, vanishing: [ObjectID], hasManifests: Bool, isAcknowledged: Bool,
        standsAlone: (ObjectID) -> Bool
    ) -> Verdict {
        let top = live.objects.filter { id, object in
            !standsAlone(id) && object.parent.map(standsAlone) ?? true
        }
        return judge(
            managed: top.count, vanishing: Set(vanishing).count { top[$0] != nil },
            hasManifests: hasManifests, isAcknowledged: isAcknowledged)
    }
}
