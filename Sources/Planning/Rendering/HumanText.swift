/// Numbers and addresses as people read them, the same in every locale.
public enum HumanText {
    /// `120,000`.
    public static func number(_ value: Int64) -> String {
        let digits = Array(String(value.magnitude))
        var out = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { out += "," }
            out.append(digit)
        }
        return out
    }

    /// `1 row`, `3 rows`.
    public static func count(_ value: Int64, _ singular: String, _ plural: String? = nil) -> String
    {
        number(value) + " " + (value == 1 ? singular : plural ?? singular + "s")
    }

    /// `14 MB`, with 1,024 bytes to the kB as PostgreSQL counts.
    public static func bytes(_ value: Int64) -> String {
        let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]
        var unit = 0
        var scale: Int64 = 1
        while unit < units.count - 1 && value / scale >= 1_024 {
            scale *= 1_024
            unit += 1
        }
        if unit == 0 { return value == 1 ? "1 byte" : "\(value) bytes" }
        let whole = value / scale
        let tenth = (value % scale) * 10 / scale
        return whole < 10 && tenth > 0
            ? "\(whole).\(tenth) \(units[unit])" : "\(whole) \(units[unit])"
    }

    /// `about 120,000 rows, 14 MB`; says so where the size is not known.
    public static func size(_ size: Observations.Size?) -> String {
        guard let size else { return "size not known" }
        let bytes = size.heapBytes + size.indexBytes
        return "about \(count(size.rows, "row")), \(self.bytes(bytes))"
    }

    /// `250 ms`, `1.2 s`, `3 min 5 s`, `2 h 10 min`.
    public static func duration(milliseconds: Int64) -> String {
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1_000
        if seconds < 60 { return "\(seconds).\((milliseconds % 1_000) / 100) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(number(seconds / 3_600)) h \((seconds % 3_600) / 60) min"
    }

    /// `a, b and c`.
    public static func list(_ items: [String]) -> String {
        guard let last = items.last else { return "" }
        return items.count == 1
            ? last : items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Text in lines of at most `width` characters, broken between words.
    ///
    /// - Parameter hanging: what the lines behind the first begin with; nil for `indent`.
    public static func wrapped(
        _ text: String, indent: String, hanging: String? = nil, width: Int = 78
    ) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            let start = lines.isEmpty ? indent : hanging ?? indent
            if line.isEmpty {
                line = start + word
            } else if line.count + 1 + word.count <= width {
                line += " " + word
            } else {
                lines.append(line)
                line = (hanging ?? indent) + word
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The engine's name as people write it.
    public static func engine(_ word: String) -> String {
        switch word {
        case "postgresql": "PostgreSQL"
        case "sqlite": "SQLite"
        case "mysql": "MySQL"
        default: word
        }
    }
}
