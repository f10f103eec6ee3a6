// Owns whether attributes of composite types can get their new types where tables are of these:
// what is done to the type is done to the columns of such tables, and the server takes no
// expression that says how. Asked of the scratch copy.

internal import PostgreSQLClient
import SchemaCore

struct SettleAttributes {
    private let catalog: Catalog<PostgreSQLObject>
    private let desired: Catalog<PostgreSQLObject>

    /// - Parameter catalog: what is there after the renames.
    init(_ catalog: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>) {
        self.catalog = catalog
        self.desired = desired
    }

    /// The live types that have tables and in which an attribute gets another type.
    static func suspects(
        _ live: Catalog<PostgreSQLObject>, _ desired: Catalog<PostgreSQLObject>,
        _ renames: SettleRenames
    ) -> [ObjectID] {
        let types = Set(live.objects.values.compactMap(\.typeOfTable))
        return types.sorted().filter { id in
            guard let old = live[id], let new = desired[renames.settled(old)] else { return false }
            return !retyped(old, new).isEmpty
        }
    }

    /// What is said of those of which the server does not convert the values by itself.
    func diagnostics(in database: ScratchDatabase) async throws -> [Diagnostic] {
        var out: [Diagnostic] = []
        let types = Set(catalog.objects.values.compactMap(\.typeOfTable))
        for id in types.sorted() {
            guard let old = catalog[id], let new = desired[id] else { continue }
            for change in Self.retyped(old, new) {
                guard let error = try await refusal(of: change, in: database) else { continue }
                out.append(
                    .error(
                        "unsupported-change",
                        "attribute \(change.from.name) of \(id) cannot change from "
                            + "\(change.from.type.text) to \(change.to.type.text) while there are "
                            + "tables of the type: \(error.message)",
                        at: new.span,
                        help: "add an attribute of another name with the new type, move the "
                            + "values there, then drop this one"))
            }
        }
        return out
    }

    private typealias Attribute = CompositeTypeDefinition.Attribute

    private static func retyped(
        _ old: PostgreSQLObject, _ new: PostgreSQLObject
    ) -> [(from: Attribute, to: Attribute)] {
        guard case .plain(.compositeType(let from)) = old.definition,
            case .plain(.compositeType(let to)) = new.definition
        else { return [] }
        return from.attributes.flatMap { attribute in
            to.attributes.filter { $0.name == attribute.name && $0.type != attribute.type }
                .map { (from: attribute, to: $0) }
        }
    }

    /// What the server says to such a change of a type that is like it in this alone.
    private func refusal(
        of change: (from: Attribute, to: Attribute), in database: ScratchDatabase
    ) async throws -> PostgreSQLError? {
        let statements: [SQL] = [
            "CREATE TYPE pg_temp.lockstep_cast AS (a \(verbatim: change.from.type))",
            "CREATE TEMP TABLE lockstep_casts OF pg_temp.lockstep_cast",
            """
            ALTER TYPE pg_temp.lockstep_cast ALTER ATTRIBUTE a \
            TYPE \(verbatim: change.to.type) CASCADE
            """,
        ]
        let connection = database.connection
        try await connection.begin()
        var refusal: PostgreSQLError?
        for statement in statements {
            guard
                case .failure(let error) = try await connection.attempt(
                    statement.text(.postgreSQL))
            else { continue }
            // Anything else says nothing about the conversion.
            if error.sqlstate == .datatypeMismatch { refusal = error }
            break
        }
        try await connection.rollback()
        return refusal
    }
}

extension PostgreSQLObject {
    /// The composite type of which it is a table.
    fileprivate var typeOfTable: ObjectID? {
        guard case .table(let table) = definition, case .type(let name)? = table.origin else {
            return nil
        }
        return .compositeType(name.schema ?? id.path[0], name.name)
    }
}
