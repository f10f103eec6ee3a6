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

    /// <https://sqlite.org/lang_createtable.html>: names that begin with sqlite_ are SQLite's own.
    private static func reserved(_ object: SQLiteObject) -> Diagnostic? {
        switch object.definition {
        case .table, .view, .index, .trigger: break
        case .column, .constraint, .data, .statement: return nil
        }
        let owners = [
            ("sqlite_", "SQLite's own"),
            ("lockstep_", "Lockstep's own: it keeps its journal there"),
        ]
        for (prefix, owner) in owners where object.id.name.hasPrefix(prefix) {
            return .error(
                "reserved-name", "\(object.id): names that begin with \(prefix) are \(owner)",
                at: object.span, help: "choose another name")
        }
        return nil
    }
}
