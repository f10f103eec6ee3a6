internal import Planning
internal import SchemaCore

/// Looks for names that are reserved or given twice in one name space of SQLite.
enum NameChecks {
    static func diagnostics(_ objects: [SQLiteObject]) -> [Diagnostic] {
        objects.compactMap(reserved) + ClaimedName.conflicts(of: objects, names: names)
    }

    /// Tables, views and indexes share their names; triggers have their own.
    private static func names(_ object: SQLiteObject) -> [ClaimedName] {
        let address = ClaimedName(address: object.id)
        switch object.definition {
        case .table, .view, .index:
            return [
                address,
                ClaimedName([object.id.name], sharedBy: "tables, views and indexes share names"),
            ]
        case .column, .constraint, .trigger, .data, .statement: return [address]
        }
    }

    /// Whether no manifest may give the object's name.
    static func isUnwritable(_ object: SQLiteObject) -> Bool {
        switch object.definition {
        case .table, .view, .index, .trigger: isUnwritable(object.id.name)
        case .column(let column): isNone(column.name)
        case .constraint(let constraint): constraint.name.map(isNone) ?? false
        case .data, .statement: false
        }
    }

    /// Whether no manifest may give a table, a view, an index or a trigger the name.
    static func isUnwritable(_ name: String) -> Bool {
        isNone(name) || reservation(of: name.asciiFolded) != nil
    }

    /// Whether a name is none for a manifest, though it is one for SQLite.
    static func isNone(_ name: String) -> Bool {
        name.isEmpty || name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
    }

    /// The beginning that is kept for others, and for whom.
    private static func reservation(of name: String) -> (prefix: String, owner: String)? {
        let owners = [
            ("sqlite_", "SQLite's own"),
            ("lockstep_", "Lockstep's own: it keeps its journal there"),
        ]
        return owners.first { name.hasPrefix($0.0) }
    }

    /// <https://sqlite.org/lang_createtable.html>: names that begin with sqlite_ are SQLite's own.
    private static func reserved(_ object: SQLiteObject) -> Diagnostic? {
        switch object.definition {
        case .table, .view, .index, .trigger: break
        case .column, .constraint, .data, .statement: return nil
        }
        guard let (prefix, owner) = reservation(of: object.id.name) else { return nil }
        return .error(
            "reserved-name", "\(object.id): names that begin with \(prefix) are \(owner)",
            at: object.span, help: "choose another name")
    }
}
