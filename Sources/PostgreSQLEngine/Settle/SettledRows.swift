// Owns what becomes of rows when their table or its columns get other names or types: the same
// rows, at the addresses and with the values that follow. A copy of the catalog holds none, so they
// are moved by hand; what a value becomes, the server says.

internal import Planning
internal import PostgreSQLClient
import SchemaCore

/// Moves rows, and what statements made, over identity changes.
struct SettledRows {
    private let live: Catalog<PostgreSQLObject>

    init(_ live: Catalog<PostgreSQLObject>) { self.live = live }

    /// The settlement of all else with them.
    func added(
        to settlement: Settlement<PostgreSQLObject>, on target: PostgreSQLConnection
    ) async throws -> Settlement<PostgreSQLObject> {
        let aside = live.objects.values.filter { $0.id.kind.isAside }
        if aside.isEmpty { return settlement }
        var out = settlement
        let moves = settlement.renames.isEmpty ? nil : AddressMap(settlement.renames)
        func settled(_ id: ObjectID) -> ObjectID {
            settlement.addresses[id] ?? moves?.settled(id) ?? id
        }
        let casts = try await casts(aside, settlement, on: target, settled: settled)
        for object in aside {
            guard case .plain(.data(let row)) = object.definition else {
                out.catalog.insert(object)
                continue
            }
            let before = object.id.tableOfRow
            let table = settled(before)
            func name(_ column: String) -> String {
                settled(.column(before.path[0], before.name, column)).name
            }
            var cells = row.columns.indices.map { place in
                Cell(
                    column: name(row.columns[place]), value: row.values[place],
                    written: row.written[place])
            }
            for index in cells.indices {
                let column = ObjectID.column(table.path[0], table.name, cells[index].column)
                guard let text = cells[index].written, let cast = casts[column]?[text] else {
                    continue
                }
                cells[index].value = .text(cast.value)
                cells[index].written = cast.written
            }
            cells.sort { $0.column.precedesByBytes($1.column) }
            let moved = DataDefinition(
                key: row.key.map(name), columns: cells.map(\.column), values: cells.map(\.value),
                written: cells.map(\.written), operators: row.operators
            ).object(in: table)
            if moved.id != object.id { out.addresses[object.id] = moved.id }
            out.catalog.insert(moved)
        }
        return out
    }

    private struct Cell {
        var column: String
        var value: RowValue
        var written: String?
    }

    // MARK: - Types

    /// A value as its column is going to have it.
    private struct Cast {
        var value: String
        var written: String
    }

    /// What values become, by column after the renames and by what is written of them now. Where
    /// the server cannot say, they stay.
    private func casts(
        _ rows: [PostgreSQLObject], _ settlement: Settlement<PostgreSQLObject>,
        on target: PostgreSQLConnection, settled: (ObjectID) -> ObjectID
    ) async throws -> [ObjectID: [String: Cast]] {
        if settlement.retyped.isEmpty { return [:] }
        var texts: [ObjectID: Set<String>] = [:]
        var types: [ObjectID: VerbatimSQL] = [:]
        for object in rows {
            guard case .plain(.data(let row)) = object.definition else { continue }
            let table = object.id.tableOfRow
            for (name, written) in zip(row.columns, row.written) {
                let column = ObjectID.column(table.path[0], table.name, name)
                guard let written, case .column(let old)? = live[column]?.definition else {
                    continue
                }
                texts[settled(column), default: []].insert(written)
                types[settled(column)] = old.type
            }
        }
        let wanted = settlement.retyped.filter { texts[$0.column] != nil }
        if wanted.isEmpty { return [:] }
        return try await CatalogSnapshot.with(target) { _ in
            var out: [ObjectID: [String: Cast]] = [:]
            for retype in wanted {
                guard let old = types[retype.column], let values = texts[retype.column],
                    case .column(let new)? = settlement.catalog[retype.column]?.definition
                else { continue }
                let query = Self.query(values.sorted(), old, new.type, retype.to)
                guard case .success(let rows) = try await target.attempt(query) else { continue }
                for row in rows {
                    out[retype.column, default: [:]][try row.text(2)] = Cast(
                        value: try row.text(0), written: try row.text(1))
                }
            }
            return out
        }
    }

    private static func query(
        _ values: [String], _ old: VerbatimSQL, _ new: VerbatimSQL, _ form: TypeForm
    ) -> String {
        let isOwn = form.origin == .server && !form.isArray
        let table = RowTable(columns: [
            "v": .init(type: new, ownType: isOwn ? form.name : nil, operatorSchema: nil)
        ])
        let list = values.map { "(\(literal: $0))" as SQL }.joined(", ")
        let query: SQL = """
            SELECT \(table.expressions(["v"], of: "lockstep_row")), lockstep_row.w FROM (\
            SELECT CAST(CAST(given.w AS \(verbatim: old)) AS \(verbatim: new)) AS v, given.w \
            FROM (VALUES \(list)) AS given (w)) AS lockstep_row
            """
        return query.text(.postgreSQL)
    }
}
