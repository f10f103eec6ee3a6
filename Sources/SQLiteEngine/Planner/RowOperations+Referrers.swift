internal import Planning
internal import SchemaCore

extension RowOperations {
    /// The questions whether rows that stay refer to rows that go: SQLite's own actions on deletion
    /// are off, so that no row goes unasked.
    func referrers(of rows: [DataDefinition], _ table: ObjectID) -> [Probe] {
        context.desired.sorted.compactMap { object in
            guard case .constraint(let constraint) = object.definition,
                case .foreignKey(let key) = constraint.rule, .table(key.table) == table,
                let child = object.parent, context.settled[object.id] != nil,
                let liveParent = context.names.table(table.name),
                let liveChild = context.names.table(child.name)
            else { return nil }
            let pairs = zip(key.referencedColumns, key.columns).map { referenced, own -> SQL in
                let (one, other) = (
                    context.names.column(table.name, referenced.asciiFolded),
                    context.names.column(child.name, own.asciiFolded)
                )
                return "lockstep_parent.\(name: one) = lockstep_child.\(name: other)"
            }
            let goes = chunks(rows).map { chunk -> SQL in
                """
                EXISTS (SELECT 1 FROM \(name: liveParent) AS lockstep_parent \
                WHERE \(pairs.joined(" AND ")) AND (\(chunk)))
                """
            }
            // What changes itself may refer to others afterwards.
            let own = tables[child].map { $0.dropped.map(\.row) + $0.altered.map(\.old.row) } ?? []
            let stays = chunks(own).map { " AND NOT (\($0))" as SQL }.joined("")
            let query: SQL = """
                SELECT count(*) FROM \(name: liveChild) AS lockstep_child \
                WHERE (\(goes.joined(" OR ")))\(stays)
                """
            return Probe(
                name: "referrers:\(object.id)",
                counts: "rows of \(child.name) that refer to rows of \(table.name) that go",
                object: child, query: Statement(query.text(.sqlite)), meaning: .fails,
                reads: [child])
        }
    }

    private func chunks(_ rows: [DataDefinition]) -> [SQL] {
        stride(from: 0, to: rows.count, by: Self.rowsPerStatement).map { start in
            let part = rows[start..<min(start + Self.rowsPerStatement, rows.count)]
            return part.map { "(\(key($0)))" as SQL }.joined(" OR ")
        }
    }
}
