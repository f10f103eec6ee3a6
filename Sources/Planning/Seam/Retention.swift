/// How long what is dropped is kept: as people write it, `7d`, and as a number of seconds.
public enum Retention {
    /// What a text may end with, and how many seconds that is.
    private static let units: [(letter: Character, seconds: Int)] = [
        ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]

    /// The seconds that a text means: `7d`, `12h`, `30m`, `90s`, `0`; nil for any other.
    public static func seconds(_ text: String) -> Int? {
        if text == "0" { return 0 }
        guard let last = text.last, let unit = units.first(where: { $0.letter == last }),
            let count = Int(text.dropLast()), count >= 0, count <= 1_000_000
        else { return nil }
        return count * unit.seconds
    }

    /// The shortest text that means so many seconds.
    public static func text(_ seconds: Int) -> String {
        if seconds == 0 { return "0" }
        for unit in units where seconds.isMultiple(of: unit.seconds) {
            return "\(seconds / unit.seconds)\(unit.letter)"
        }
        return "\(seconds)s"
    }
}
