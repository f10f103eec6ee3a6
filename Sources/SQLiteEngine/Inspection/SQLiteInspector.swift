// Owns the reading of a database's objects, the same way for a file and for a database in memory.
// Invariant: what stands in the file is an object, part of one, SQLite's or Lockstep's own, or told
// as not modelled.

internal import Planning
internal import SQLiteClient
internal import SchemaCore

/// Reads the objects of a database.
struct SQLiteInspector {
    /// What Lockstep keeps in a target.
    static let ownTables: Set<String> = [
        "lockstep_journal", "lockstep_applied", "lockstep_meta", "lockstep_lock",
    ]

    private let rows: SchemaRows
    private let tables: [String: TableFacts]
    /// The tables and views, by folded name.
    private let relations: [String: SchemaRows.Entry]
    private let probe: DependencyProbe
    private let detail: InspectionDetail

    /// Reads everything in one snapshot.
    ///
    /// - Throws: `EngineError` of kind `unsupported` for a definition that cannot be read.
    ///
    /// - Parameter reads: what is read beside the schema.
    static func inspect(
        _ connection: SQLiteConnection, detail: InspectionDetail, reads: [SQLiteRead] = []
    ) async throws -> Inspection<SQLiteObject> {
        let (rows, others) = try await snapshot(connection, reads)
        do {
            // What views and triggers refer to, SQLite itself says, in a copy of the schema.
            let probe = try await DependencyProbe(rows) { entry in
                entry.type == "table" && !entry.hasPages || NameChecks.isUnwritable(entry.name)
                    || rows.columns[entry.name.asciiFolded]?.contains {
                        NameChecks.isNone($0.name)
                    } ?? false
            }
            let inspector = try SQLiteInspector(rows, probe, detail)
            var inspection = try await inspector.inspection()
            for object in others { inspection.catalog.insert(object) }
            await probe.close()
            return inspection
        } catch let contradiction as Contradiction {
            throw contradiction.engineError
        }
    }

    private static func snapshot(
        _ connection: SQLiteConnection, _ reads: [SQLiteRead]
    ) async throws -> (SchemaRows, [SQLiteObject]) {
        let isOwn = await !connection.isInTransaction
        if isOwn { try await connection.begin(.deferred) }
        do {
            let rows = try await SchemaRows.read(connection)
            let others = try await ScopeReader(connection, rows).objects(reads)
            if isOwn { await connection.rollback() }
            return (rows, others)
        } catch {
            if isOwn { await connection.rollback() }
            throw error
        }
    }

    private init(
        _ rows: SchemaRows, _ probe: DependencyProbe, _ detail: InspectionDetail
    ) throws(Contradiction) {
        self.rows = rows
        self.probe = probe
        self.detail = detail
        relations = Dictionary(
            rows.entries.lazy.filter { $0.type == "table" || $0.type == "view" }
                .map { ($0.name.asciiFolded, $0) }, uniquingKeysWith: { first, _ in first })
        var tables: [String: TableFacts] = [:]
        for entry in rows.entries where Self.isModelled(entry, rows) && entry.type == "table" {
            tables[entry.name.asciiFolded] = try TableFacts(entry, rows)
        }
        self.tables = tables
    }

    /// Whether it is neither SQLite's or Lockstep's own nor part of a virtual table.
    static func isModelled(_ entry: SchemaRows.Entry, _ rows: SchemaRows) -> Bool {
        let table = entry.table.asciiFolded
        // A view is none of Lockstep's own, whatever it is called.
        let isOwn = ownTables.contains(table) && rows.tables[table]?.type != "view"
        if table.hasPrefix("sqlite_") || isOwn { return false }
        if entry.type == "table", !entry.hasPages { return false }
        return rows.tables[table]?.type != "shadow"
    }

    private func inspection() async throws -> Inspection<SQLiteObject> {
        var objects: [SQLiteObject] = []
        var unmodelled: [Unmodelled] = []
        for entry in rows.entries {
            guard Self.isModelled(entry, rows) else {
                if entry.type == "table", !entry.hasPages {
                    unmodelled.append(
                        Unmodelled(object: .virtualTable(entry.name), what: "virtual table"))
                }
                continue
            }
            switch entry.type {
            case "table":
                guard let table = tables[entry.name.asciiFolded] else { continue }
                objects += try table.objects(tables: tables)
            case "index":
                guard let table = tables[entry.table.asciiFolded] else {
                    throw Contradiction("index \(entry.name)", "its table is not there")
                }
                objects.append(try table.index(entry))
            case "view": objects.append(try await view(entry))
            case "trigger": objects += try await trigger(entry).map { [$0] } ?? []
            default:
                unmodelled.append(
                    Unmodelled(
                        object: ObjectID(ObjectKind(rawValue: entry.type), entry.name),
                        what: entry.type))
            }
        }
        mark(&objects)
        return Inspection(catalog: Catalog(objects), unmodelled: unmodelled.sorted())
    }

    /// A column or a constraint that no manifest could give makes its table such, and what belongs
    /// to a table or a view is no better off than that.
    private func mark(_ objects: inout [SQLiteObject]) {
        var marked: Set<ObjectID> = []
        for entry in rows.entries where probe.notMade.contains(entry.name.asciiFolded) {
            if entry.type == "table" { marked.insert(.table(entry.name)) }
            if entry.type == "index" { marked.insert(.index(entry.name)) }
        }
        for object in objects where object.isBeyondManifests || NameChecks.isUnwritable(object) {
            marked.insert(object.id.isPartOfTable ? object.parent ?? object.id : object.id)
        }
        if marked.isEmpty { return }
        for index in objects.indices {
            let (id, parent) = (objects[index].id, objects[index].parent)
            objects[index].isBeyondManifests =
                marked.contains(id) || parent.map(marked.contains) ?? false
        }
    }

    // MARK: - Views and triggers

    private func view(_ entry: SchemaRows.Entry) async throws -> SQLiteObject {
        let read: (view: CreateView, cursor: TokenCursor)
        do throws(TokenCursor.Mismatch) {
            read = try CreateView.read(entry.sql)
        } catch {
            throw Contradiction("view \(entry.name)", error)
        }
        guard read.view.name == entry.name else {
            throw Contradiction("view \(entry.name)", "its name is \(read.view.name) in its text")
        }
        let statement = "SELECT * FROM \(SQLDialect.sqlite.quoted(name: entry.name))"
        let query = read.view.query
        let answer = try await probe.ask(
            statement, tokens: query, own: entry.name, wantsAccesses: detail == .full)
        let definition = ViewDefinition(
            name: entry.name, columns: read.view.columns,
            query: read.cursor.comparable(query, in: .any(quotesNames: answer.quotesNames)))
        var object = SQLiteObject(
            .view(entry.name), .view(definition),
            dependencies: dependencies(answer.accesses).subtracting([.view(entry.name)]))
        object.isBeyondManifests = await !probe.isSound(statement)
        return object
    }

    /// Nil for one on a virtual table, which is part of what is not modelled.
    private func trigger(_ entry: SchemaRows.Entry) async throws -> SQLiteObject? {
        let read: (trigger: CreateTrigger, cursor: TokenCursor)
        do throws(TokenCursor.Mismatch) {
            read = try CreateTrigger.read(entry.sql)
        } catch {
            throw Contradiction("trigger \(entry.name)", error)
        }
        let (trigger, cursor) = read
        guard let target = relations[trigger.table.asciiFolded], trigger.name == entry.name,
            trigger.table.asciiFolded == entry.table.asciiFolded
        else { throw Contradiction("trigger \(entry.name)", "SQLite tells of another one") }
        let facts = tables[target.name.asciiFolded]
        let answer = try await probe.ask(
            firing: trigger, entry.sql, table: target.name,
            column: facts?.writableColumn ?? "", wantsAccesses: detail == .full)
        let scope = NameScope.any(quotesNames: answer.quotesNames)
        let definition = TriggerDefinition(
            name: entry.name, table: target.name, isOnView: target.type == "view",
            time: trigger.time, event: trigger.event,
            columns: trigger.columns.map { facts?.names[$0.asciiFolded] ?? $0 },
            condition: trigger.condition.map { cursor.comparable($0, in: scope) },
            body: cursor.comparable(trigger.body, in: scope))
        var object = SQLiteObject(
            .trigger(entry.name), .trigger(definition),
            dependencies: dependencies(answer.accesses).union([definition.target]))
        object.writes = Self.writes(answer.accesses, by: entry.name)
        object.isBeyondManifests = try await !probe.isSound(
            firing: trigger, entry.sql, table: target.name, column: facts?.writableColumn ?? "")
        return object
    }

    /// What a trigger does to rows, and not the statement that it was fired by.
    private static func writes(
        _ accesses: Set<SQLiteAccess>, by trigger: String
    ) -> Set<RowWrite> {
        let writes = accesses.compactMap { access -> RowWrite? in
            guard access.within?.asciiFolded == trigger.asciiFolded else { return nil }
            switch access.kind {
            case .insert(let table): return RowWrite(.insert, table)
            case .update(let table, let column): return RowWrite(.update, table, column: column)
            case .delete(let table): return RowWrite(.delete, table)
            case .read, .drop, .alter, .function: return nil
            }
        }
        return Set(writes)
    }

    /// The objects that accesses name; tables that are no objects are left out.
    private func dependencies(_ accesses: Set<SQLiteAccess>) -> Set<ObjectID> {
        var found: Set<ObjectID> = []
        func add(_ table: String, column: String? = nil) {
            if let facts = tables[table.asciiFolded] {
                found.insert(.table(table))
                if let column, facts.names[column.asciiFolded] != nil {
                    found.insert(.column(table, column))
                }
            } else if relations[table.asciiFolded]?.type == "view" {
                found.insert(.view(table))
            }
        }
        for access in accesses {
            switch access.kind {
            case .read(let table, let column), .update(let table, let column):
                add(table, column: column)
            case .insert(let table), .delete(let table): add(table)
            case .drop, .alter, .function: break
            }
        }
        return found
    }
}
