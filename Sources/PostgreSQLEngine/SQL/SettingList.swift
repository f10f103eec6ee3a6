import SchemaCore

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

extension SettingList {
    /// A setting as `SET` names it.
    static func target(_ name: String) -> SQL {
        "\(name: name.split(separator: ".").map(String.init))"
    }

    /// A setting as `SET` takes it: a literal, or one for each name of a list, since an empty name
    /// can be written in no other way.
    static func assignment(_ name: String, _ value: String) -> SQL {
        guard isList(name) else { return "\(target(name)) TO \(literal: value)" }
        let names = names(in: value).map { "\(literal: $0)" as SQL }
        return "\(target(name)) TO \(names.isEmpty ? "''" : names.joined(", "))"
    }

    /// A value with the names of a list quoted where they have to be and nowhere else.
    static func tidied(_ name: String, _ value: String) -> String {
        guard isList(name) else { return value }
        let names = names(in: value)
        return (names.isEmpty ? [""] : names).map(SQLDialect.postgreSQL.quoted(name:))
            .joined(separator: ", ")
    }

    /// The settings that hold lists of quoted names (`GUC_LIST_QUOTE` in the server's source).
    private static func isList(_ name: String) -> Bool {
        [
            "search_path", "session_preload_libraries", "shared_preload_libraries",
            "local_preload_libraries", "temp_tablespaces", "unix_socket_directories",
        ].contains(name.lowercased())
    }
}

extension String {
    fileprivate func trimmingSpaces() -> String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
