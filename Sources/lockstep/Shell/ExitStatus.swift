/// The exit codes, the same for every command.
enum ExitStatus: Int32 {
    /// Done, or in sync; `plan` also with changes.
    case success = 0
    /// An error, which standard error tells.
    case failure = 1
    /// `plan --exit-code`: there are changes.
    case changes = 2
    /// The policy denies it.
    case denied = 3
    /// An approval is missing, or the plan is stale.
    case approval = 4
    /// The live database differs from what was last applied.
    case drift = 5
    /// Somebody else works on the target.
    case busy = 6
    /// The command line is wrong (`EX_USAGE`).
    case usage = 64
}
