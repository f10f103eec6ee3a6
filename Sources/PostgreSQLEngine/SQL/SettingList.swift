/// A list of names as the server keeps it in a setting: `app, "Mixed Case", ""`.
enum SettingList {
    /// The names. Those without quotes are folded as in SQL.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var name = ""
        var isQuoted = false
        var wasQuoted = false
        var rest = text.unicodeScalars[...]
        func finished() -> String {
            wasQuoted ? name : name.trimmingSpaces().lowercased()
        }
        while let scalar = rest.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true) where rest.first == "\"":
                rest.removeFirst()
                name.unicodeScalars.append(scalar)
            case ("\"", true): isQuoted = false
            case ("\"", false):
                isQuoted = true
                wasQuoted = true
                name = ""
            case (",", false):
                names.append(finished())
                name = ""
                wasQuoted = false
            case (_, false) where wasQuoted: break
            default: name.unicodeScalars.append(scalar)
            }
        }
        if wasQuoted || !finished().isEmpty || !names.isEmpty { names.append(finished()) }
        return names
    }
}

extension String {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
