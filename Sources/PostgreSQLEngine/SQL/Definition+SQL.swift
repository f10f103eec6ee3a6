import SchemaCore

extension PostgreSQLObject {
    /// The statements that make this object by itself, in order; what it depends on is there.
    ///
    /// The same statements build lowered manifests in scratch and canonical objects in a target.
    var creation: [SQL] {
        switch definition {
        case .schema: ["CREATE SCHEMA \(name: id.name)"]
        case .extension(let definition): [definition.creation(name: id.name)]
        case .table(let definition): [definition.creation(id, elements: notNullElements)]
        case .column(let definition):
            [
                """
                ALTER TABLE \(name: tablePath) ADD COLUMN \
                \(definition.clause(name: id.name, notNull: givenNotNullName))
                """
            ] + definition.notNullCompletion(id, givenNotNullName)
        case .columnDefault(let definition):
            [
                """
                ALTER TABLE \(name: tablePath) ALTER COLUMN \(name: id.name) \
                SET DEFAULT \(verbatim: definition.expression)
                """
            ]
        case .constraint(let definition):
            ["ALTER TABLE \(name: tablePath) ADD \(definition.clause(name: givenName))"]
        case .index(let definition):
            [definition.creation(schema: id.path[0], name: givenName, .plain)]
                + definition.statistics(id, from: nil)
        case .enum(let definition): [definition.creation(id)]
        case .sequence(let definition): definition.creation(id)
        case .view(let definition): [definition.creation(id, replacing: false)]
        case .function(let definition): [definition.creation(id, replacing: false)]
        case .comment(let definition): [CommentDefinition.statement(on: id, text: definition.text)]
        case .plain(let definition): definition.kind.creation(id)
        }
    }

    /// The statements that remove this object by itself; nothing depends on it any more.
    var removal: [SQL] {
        switch definition {
        case .plain(let definition): definition.kind.removal(id)
        case .schema, .extension, .table, .index, .enum, .sequence, .view, .function:
            ["DROP \(id.reference)"]
        case .column: ["ALTER TABLE \(name: tablePath) DROP COLUMN \(name: id.name)"]
        case .columnDefault:
            ["ALTER TABLE \(name: tablePath) ALTER COLUMN \(name: id.name) DROP DEFAULT"]
        case .constraint: ["ALTER TABLE \(name: tablePath) DROP CONSTRAINT \(name: id.name)"]
        case .comment: [CommentDefinition.statement(on: id, text: nil)]
        }
    }

    /// The name to write; nil where the server is to choose it.
    var givenName: String? { isUnnamed ? nil : id.name }

    /// For what stands in a table by path: the table's schema and name.
    var tablePath: [String] { Array(id.path.prefix(2)) }
}

extension [String: String] {
    /// Storage parameters in parentheses, in the order of their names.
    var parameterList: SQL {
        sorted { $0.key < $1.key }.map { Self.parameter($0.key, $0.value) }.joined(", ")
    }

    /// `name = 'value'`; `toast.` and extension prefixes are names of their own.
    private static func parameter(_ name: String, _ value: String) -> SQL {
        "\(name: name.split(separator: ".").map(String.init)) = \(literal: value)"
    }

    /// The names alone, as `RESET` takes them.
    var parameterNames: SQL {
        keys.sorted().map { "\(name: $0.split(separator: ".").map(String.init))" as SQL }
            .joined(", ")
    }
}

extension ExtensionDefinition {
    func creation(name: String) -> SQL {
        var sql: SQL = "CREATE EXTENSION \(name: name) WITH SCHEMA \(name: schema)"
        if let version { sql += " VERSION \(literal: version)" }
        return sql
    }
}

extension ColumnDefinition {
    /// The column as `CREATE TABLE` and `ADD COLUMN` take it, without a default unless given.
    ///
    /// - Parameter notNullName: what its NOT NULL is called, if that is not the server's choice.
    func clause(
        name: String, default defaultExpression: VerbatimSQL? = nil, notNull notNullName: String?,
        inheritsNotNull: Bool = false
    ) -> SQL {
        var sql: SQL = "\(name: name) \(verbatim: type)"
        if let collation { sql += " COLLATE \(collation.sql)" }
        if let generated {
            sql += " GENERATED ALWAYS AS (\(verbatim: generated.expression))"
            sql += generated.isStored ? " STORED" : " VIRTUAL"
        }
        if let identity { sql += " \(identity.clause)" }
        if let defaultExpression { sql += " DEFAULT \(verbatim: defaultExpression)" }
        return inheritsNotNull ? sql : sql + notNullClause(notNullName)
    }
}

extension ColumnDefinition.Identity {
    /// `GENERATED … AS IDENTITY (…)`.
    var clause: SQL {
        var settings = sequence.clauses(isChange: false)
        if let sequenceName { settings.insert("SEQUENCE NAME \(name: sequenceName)", at: 0) }
        let list: SQL = settings.isEmpty ? "" : " (\(settings.joined(" ")))"
        return "GENERATED \(isAlways ? "ALWAYS" : "BY DEFAULT" as SQL) AS IDENTITY\(list)"
    }
}

extension SequenceSettings {
    /// The settings as `CREATE SEQUENCE`, `ALTER SEQUENCE` and identity columns take them.
    ///
    /// - Parameter isChange: whether what is off has to be said as well.
    func clauses(isChange: Bool) -> [SQL] {
        var out: [SQL] = []
        if let type { out.append("AS \(verbatim: VerbatimSQL(type))") }
        if let increment { out.append("INCREMENT BY \(increment)") }
        if let minimum { out.append("MINVALUE \(minimum)") }
        if let maximum { out.append("MAXVALUE \(maximum)") }
        if let start { out.append("START WITH \(start)") }
        if let cache { out.append("CACHE \(cache)") }
        if cycles {
            out.append("CYCLE")
        } else if isChange {
            out.append("NO CYCLE")
        }
        return out
    }
}

extension SequenceDefinition {
    /// The sequence without its owner, which `ownership` says once the column is there.
    func creation(_ id: ObjectID) -> [SQL] {
        let kind: SQL = isUnlogged ? "CREATE UNLOGGED SEQUENCE" : "CREATE SEQUENCE"
        let clauses = settings.clauses(isChange: false).map { " \($0)" as SQL }.joined("")
        return ["\(kind) \(name: id.path)\(clauses)"]
    }

    /// `OWNED BY` as declared.
    func ownership(_ id: ObjectID) -> SQL {
        guard let ownedBy else { return "ALTER SEQUENCE \(name: id.path) OWNED BY NONE" }
        return "ALTER SEQUENCE \(name: id.path) OWNED BY \(name: ownedBy.path)"
    }
}

extension EnumDefinition {
    func creation(_ id: ObjectID) -> SQL {
        let list = labels.map { "\(literal: $0)" as SQL }.joined(", ")
        return "CREATE TYPE \(name: id.path) AS ENUM (\(list))"
    }
}

extension ConstraintDefinition {
    /// The constraint as `CREATE TABLE` and `ADD` take it.
    func clause(name: String?) -> SQL {
        let prefix: SQL = name.map { "CONSTRAINT \(name: $0) " } ?? ""
        let enforced: SQL = enforcement == nil ? "" : " NOT ENFORCED"
        return "\(prefix)\(body)\(timing)\(validity)\(enforced)"
    }

    /// A key as `ADD` takes it where its index is there.
    func clause(name: String, using index: String) -> SQL {
        let word: SQL =
            switch rule {
            case .primaryKey: "PRIMARY KEY"
            case .unique, .check, .foreignKey, .exclusion: "UNIQUE"
            }
        return "CONSTRAINT \(name: name) \(word) USING INDEX \(name: index)\(timing)"
    }

    private var body: SQL {
        switch rule {
        case .primaryKey(let key): "PRIMARY KEY \(key.body)"
        case .unique(let key):
            "UNIQUE \(key.nullsNotDistinct ? "NULLS NOT DISTINCT " : "" as SQL)\(key.body)"
        case .check(let check):
            "CHECK (\(verbatim: check.expression))\(check.noInherit ? " NO INHERIT" : "" as SQL)"
        case .foreignKey(let key): key.body
        case .exclusion(let exclusion): exclusion.body
        }
    }

    private var timing: SQL {
        guard isDeferrable else { return "" }
        return isInitiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE"
    }

    private var validity: SQL {
        switch rule {
        case .check(let check): check.isValidated ? "" : " NOT VALID"
        case .foreignKey(let key): key.isValidated ? "" : " NOT VALID"
        case .primaryKey, .unique, .exclusion: ""
        }
    }
}

extension [String] {
    /// Names, quoted, with commas between.
    var nameList: SQL { map { "\(name: $0)" as SQL }.joined(", ") }
}

extension ConstraintDefinition.Key {
    fileprivate var body: SQL {
        var sql: SQL = "(\(columns.nameList)\(temporal == nil ? "" : " WITHOUT OVERLAPS" as SQL))"
        if !include.isEmpty { sql += " INCLUDE (\(include.nameList))" }
        if !options.isEmpty { sql += " WITH (\(options.parameterList))" }
        if let tablespace { sql += " USING INDEX TABLESPACE \(name: tablespace)" }
        return sql
    }
}

extension ConstraintDefinition.ForeignKey {
    fileprivate var body: SQL {
        var sql: SQL = "FOREIGN KEY (\(list(columns))) REFERENCES \(table.sql)"
        if !referencedColumns.isEmpty { sql += " (\(list(referencedColumns)))" }
        switch match {
        case .simple: break
        case .full: sql += " MATCH FULL"
        case .partial: sql += " MATCH PARTIAL"
        }
        if onUpdate != .noAction { sql += " ON UPDATE \(onUpdate.words)" }
        if onDelete != .noAction { sql += " ON DELETE \(onDelete.words)" }
        if !onDeleteColumns.isEmpty { sql += " (\(onDeleteColumns.nameList))" }
        return sql
    }
}

extension ConstraintDefinition.ForeignKey {
    /// The columns, of which the last may be a period.
    private func list(_ columns: [String]) -> SQL {
        guard temporal != nil, let last = columns.last else { return columns.nameList }
        let others = columns.dropLast().map { "\(name: $0), " as SQL }.joined("")
        return "\(others)PERIOD \(name: last)"
    }
}

extension ConstraintDefinition.ForeignKey.Action {
    fileprivate var words: SQL {
        switch self {
        case .noAction: "NO ACTION"
        case .restrict: "RESTRICT"
        case .cascade: "CASCADE"
        case .setNull: "SET NULL"
        case .setDefault: "SET DEFAULT"
        }
    }
}

extension ConstraintDefinition.Exclusion {
    fileprivate var body: SQL {
        let list = elements.map { "\($0.key.sql) WITH \(verbatim: $0.operator)" as SQL }
            .joined(", ")
        var sql: SQL = "EXCLUDE USING \(name: method) (\(list))"
        if !include.isEmpty { sql += " INCLUDE (\(include.nameList))" }
        if !options.isEmpty { sql += " WITH (\(options.parameterList))" }
        if let tablespace { sql += " USING INDEX TABLESPACE \(name: tablespace)" }
        if let predicate { sql += " WHERE (\(verbatim: predicate))" }
        return sql
    }
}

extension ViewDefinition {
    func creation(_ id: ObjectID, replacing: Bool) -> SQL {
        let isStored = id.kind == .materializedView
        var sql: SQL =
            replacing
            ? "CREATE OR REPLACE VIEW" : "CREATE \(isStored ? "MATERIALIZED VIEW" : "VIEW" as SQL)"
        sql += " \(name: id.path)"
        if !columns.isEmpty { sql += " (\(columns.map(\.name).nameList))" }
        if !options.isEmpty { sql += " WITH (\(options.parameterList))" }
        return sql + " AS\n\(verbatim: query)"
    }
}

extension FunctionDefinition {
    func creation(_ id: ObjectID, replacing: Bool) -> SQL {
        var sql: SQL = replacing ? "CREATE OR REPLACE" : "CREATE"
        let inputs = arguments.filter { $0.mode != .table }.map(\.sql).joined(", ")
        let word: SQL = id.kind == .procedure ? "PROCEDURE" : "FUNCTION"
        sql += " \(word) \(name: Array(id.path.prefix(2)))(\(inputs))"
        if let returns { sql += "\nRETURNS \(verbatim: returns)" }
        sql += "\nLANGUAGE \(name: language)"
        sql += attributes
        switch body {
        case .source(let source): sql += "\nAS \(Self.dollarQuoted(source))"
        case .sql(let body): sql += "\n\(verbatim: body)"
        case .symbol(let file, let symbol): sql += "\nAS \(literal: file), \(literal: symbol)"
        }
        return sql
    }

    private var attributes: SQL {
        var sql = SQL()
        switch volatility {
        case .immutable: sql += " IMMUTABLE"
        case .stable: sql += " STABLE"
        case .volatile: break
        }
        if sort == .window { sql += " WINDOW" }
        if isStrict { sql += " STRICT" }
        if isLeakproof { sql += " LEAKPROOF" }
        if isSecurityDefiner { sql += " SECURITY DEFINER" }
        switch parallel {
        case .safe: sql += " PARALLEL SAFE"
        case .restricted: sql += " PARALLEL RESTRICTED"
        case .unsafe: break
        }
        if let cost { sql += " COST \(verbatim: VerbatimSQL(cost))" }
        if let rows { sql += " ROWS \(verbatim: VerbatimSQL(rows))" }
        if let support { sql += " SUPPORT \(support.sql)" }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            sql += "\nSET \(SettingList.assignment(name, value))"
        }
        return sql
    }

    /// The source between dollar quotes whose tag does not occur in it.
    static func dollarQuoted(_ source: String) -> SQL {
        var tag = "$$"
        var number = 0
        while source.contains(tag) || source.hasSuffix("$") && tag == "$$" {
            number += 1
            tag = number == 1 ? "$body$" : "$body\(number)$"
        }
        return "\(verbatim: VerbatimSQL(tag + source + tag))"
    }
}

extension FunctionDefinition.Argument {
    /// The argument as `CREATE FUNCTION` takes it.
    var sql: SQL {
        var sql: SQL =
            switch mode {
            case .in, .table: ""
            case .out: "OUT "
            case .inout: "INOUT "
            case .variadic: "VARIADIC "
            }
        if let name { sql += "\(name: name) " }
        sql += "\(verbatim: type)"
        if let `default` { sql += " DEFAULT \(verbatim: `default`)" }
        return sql
    }
}
