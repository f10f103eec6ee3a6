// Owns what becomes of sequences that number managed rows. Invariant: one that gives rows their
// numbers is led past what a manifest gives, so that it never gives the same once more; none is
// ever led back.

import Planning
import SchemaCore

/// The sequences that give columns their numbers.
struct RowFeeds {
    private struct Feed {
        var path: [String]
        var settings: SequenceSettings
    }

    private let desired: Catalog<PostgreSQLObject>
    private let owned: [ObjectID: PostgreSQLObject]

    init(_ desired: Catalog<PostgreSQLObject>) {
        self.desired = desired
        var owned: [ObjectID: PostgreSQLObject] = [:]
        for object in desired.objects.values {
            guard case .sequence(let sequence) = object.definition, let column = sequence.ownedBy,
                object.isNextOf(column, in: desired)
            else { continue }
            owned[column] = object
        }
        self.owned = owned
    }

    /// Leads sequences past values that rows are given, in the step that gives them: the next row
    /// that an application adds would have one of them otherwise.
    ///
    /// - Parameter rows: rows, and the columns that they get a value in.
    func advance(
        past rows: [(row: DataDefinition, columns: [String])], of table: ObjectID,
        in operation: inout Operation
    ) {
        var values: [String: [Int64]] = [:]
        for (row, columns) in rows {
            let own = row.writtenByColumn
            for name in columns {
                if let text = own[name] ?? nil, let number = Int64(text) {
                    values[name, default: []].append(number)
                }
            }
        }
        var statements: [SQL] = []
        var led: [String] = []
        for (name, numbers) in values.sorted(by: { $0.key < $1.key }) {
            let column = ObjectID.column(table.path[0], table.name, name)
            guard let feed = feed(of: column), let statement = advance(feed, past: numbers) else {
                continue
            }
            statements.append(statement)
            led.append(feed.path.joined(separator: "."))
            if let sequence = owned[column] { operation.consumes.insert(sequence.id) }
            let sequence = ObjectID(.sequence, feed.path)
            operation.requirements.formUnion([
                .init(.select, on: sequence), .init(.update, on: sequence),
            ])
        }
        guard !led.isEmpty, case .statements(let own) = operation.form else { return }
        operation.title += ", and lead \(led.joined(separator: ", ")) past them"
        operation.form = .statements(own + statements)
    }

    private func feed(of column: ObjectID) -> Feed? {
        if case .column(let definition)? = desired[column]?.definition,
            let identity = definition.identity, let name = identity.sequenceName
        {
            return Feed(path: [column.path[0], name], settings: identity.sequence)
        }
        guard let object = owned[column], case .sequence(let sequence) = object.definition else {
            return nil
        }
        return Feed(path: object.id.path, settings: sequence.settings)
    }

    /// Where it stands, the sequence says itself; what it says is one behind the first number as
    /// long as none was given. One that begins anew at its end gives numbers twice anyhow.
    private func advance(_ feed: Feed, past numbers: [Int64]) -> SQL? {
        let settings = feed.settings
        let isDescending = (settings.increment ?? 1) < 0
        let within = numbers.filter {
            $0 >= settings.minimum ?? .min && $0 <= settings.maximum ?? .max
        }
        guard !settings.cycles, let last = isDescending ? within.min() : within.max() else {
            return nil
        }
        let sequence = ("\(name: feed.path)" as SQL).text(.postgreSQL)
        return """
            SELECT pg_catalog.setval(\(literal: sequence), \(last)) FROM \(name: feed.path) \
            WHERE last_value \(isDescending ? ">" : "<" as SQL) \(last) \
            OR last_value = \(last) AND NOT is_called
            """
    }
}

extension PostgreSQLObject {
    /// Whether it is a sequence of which a column's default is the next number, and nothing else.
    func isNextOf(_ column: ObjectID, in catalog: Catalog<PostgreSQLObject>) -> Bool {
        let id = ObjectID.columnDefault(column.path[0], column.path[1], column.name)
        guard case .columnDefault(let value)? = catalog[id]?.definition else { return false }
        let name = self.id.path.map { SQLDialect.postgreSQL.quoted(name: $0) }
            .joined(separator: ".")
        return value.expression.text
            == "nextval(\(SQLDialect.postgreSQL.quoted(literal: name))::regclass)"
    }
}
