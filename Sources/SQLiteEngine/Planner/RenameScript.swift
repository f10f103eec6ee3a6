// Owns how things get other names. Invariant: the same statements run in a copy in memory, where
// what they lead to is read, and in the target.

internal import Planning
internal import SchemaCore

/// The renames of a plan as statements. Tables and columns take along what speaks of them
/// (<https://sqlite.org/lang_altertable.html>, sections 2 and 3); what SQLite cannot rename and
/// what holds nothing is made again under its new name.
struct RenameScript {
    /// The renames with the addresses that things have when their turn comes.
    private(set) var renames: [Rename] = []
    /// The statements in order.
    private(set) var statements: [SQL] = []
    /// What leads back, in order.
    private(set) var back: [SQL] = []
    /// One line each for people.
    private(set) var titles: [String] = []

    /// - Parameters:
    ///   - requested: what manifests ask for.
    ///   - live: the catalog before.
    ///   - desired: how names are to be spelled: those that differ in case alone are renames, too.
    init(
        _ requested: [Rename], live: Catalog<SQLiteObject>, desired: Catalog<SQLiteObject>
    ) {
        let isMoved = Set(requested.flatMap { [$0.from, $0.to] })
        let respelled = live.ids.filter { !isMoved.contains($0) && desired[$0] != nil }.map {
            Rename(from: $0, to: $0)
        }
        // First what is made again from its text: what is renamed then changes texts.
        for rename in requested.sorted(by: { $0.from < $1.from }) {
            guard let old = live[rename.from], let new = old.named(like: desired[rename.to]) else {
                continue
            }
            add(rename, old.removal + new.creation, new.removal + old.creation)
        }
        var names: [ObjectID: String] = [:]
        let all = (requested + respelled).sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        for rename in all where rename.from.kind == .table {
            guard case .table(let old)? = live[rename.from]?.definition,
                case .table(let new)? = desired[rename.to]?.definition
            else { continue }
            names[rename.from] = new.name
            guard old.name != new.name else { continue }
            add(rename, Self.table(old.name, new.name), Self.table(new.name, old.name))
        }
        for rename in all where rename.from.kind == .column {
            let table = ObjectID.table(rename.from.path[0])
            guard case .table(let home)? = live[table]?.definition,
                case .column(let old)? = live[rename.from]?.definition,
                case .column(let new)? = desired[rename.to]?.definition, old.name != new.name
            else { continue }
            let name = names[table] ?? home.name
            add(
                Rename(from: .column(name, old.name), to: rename.to),
                [Self.column(name, old.name, new.name)], [Self.column(name, new.name, old.name)])
        }
    }

    var isEmpty: Bool { statements.isEmpty }

    private mutating func add(_ rename: Rename, _ there: [SQL], _ back: [SQL]) {
        renames.append(rename)
        statements += there
        self.back = back + self.back
        titles.append("\(rename.from) to \(rename.to.name)")
    }

    /// SQLite takes a name that differs in case alone for one that is there already.
    private static func table(_ old: String, _ new: String) -> [SQL] {
        func rename(_ old: String, _ new: String) -> SQL {
            "ALTER TABLE \(name: old) RENAME TO \(name: new)"
        }
        guard old.asciiFolded == new.asciiFolded else { return [rename(old, new)] }
        let interim = "lockstep_new_\(old)"
        return [rename(old, interim), rename(interim, new)]
    }

    private static func column(_ table: String, _ old: String, _ new: String) -> SQL {
        "ALTER TABLE \(name: table) RENAME COLUMN \(name: old) TO \(name: new)"
    }
}

extension SQLiteObject {
    /// The same under another object's name; nil for what is not made again to be renamed.
    fileprivate func named(like other: SQLiteObject?) -> SQLiteObject? {
        switch (definition, other?.definition) {
        case (.index(var index), .index(let other)?):
            index.name = other.name
            return SQLiteObject(.index(other.name), .index(index))
        case (.view(var view), .view(let other)?):
            view.name = other.name
            return SQLiteObject(.view(other.name), .view(view))
        case (.trigger(var trigger), .trigger(let other)?):
            trigger.name = other.name
            return SQLiteObject(.trigger(other.name), .trigger(trigger))
        case (_, _): return nil
        }
    }
}
