// Owns the names behind oids: of types, collations, operator classes, operators, access methods
// and tables outside the scope. Only what the catalog refers to is asked for, in two queries.

import PostgreSQLClient
import SchemaCore

/// A type with its modifier, for example `varchar(20)`.
struct TypeReference: Hashable {
    let oid: OID
    /// -1 for none; nil where a modifier has no place, as in a function's arguments: then `bpchar`
    /// is printed as `character`.
    let modifier: Int?
}

/// An access method with the type of a key.
struct MethodAndType: Hashable {
    let method: OID
    let type: OID
}

/// The names that the catalog refers to.
struct CatalogNames {
    struct TypeName {
        /// As `format_type` prints it.
        let name: String
        /// The type's own collation; 0 for none.
        let collation: OID
        /// The type's own storage.
        let storage: UInt8
    }
    struct OperatorClass {
        let name: QualifiedName
        /// The type that it stores, if it is not the indexed one; else 0.
        let storedType: OID
        /// Whether it is a default class of its own type.
        let isDefault: Bool
    }
    struct OtherTable {
        var name = QualifiedName(schema: nil, name: "")
        var columns: [Int: String] = [:]
    }

    var types: [TypeReference: TypeName] = [:]
    var collations: [OID: QualifiedName] = [:]
    var operatorClasses: [OID: OperatorClass] = [:]
    /// The class that the server would choose.
    var defaultClasses: [MethodAndType: OID] = [:]
    var operators: [OID: QualifiedName] = [:]
    var methods: [OID: String] = [:]
    /// Tables that foreign keys refer to and that are not in the catalog.
    var otherTables: [OID: OtherTable] = [:]

    /// A type; what `format_type` prints where there is none of this oid.
    func type(_ reference: TypeReference) -> TypeName {
        types[reference] ?? TypeName(name: "???", collation: 0, storage: 0)
    }

    mutating func readTypes(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            types[TypeReference(oid: row.oid(0), modifier: row.isNull(1) ? nil : row.number(1))] =
                TypeName(
                    name: try row.text(2), collation: row.oid(3), storage: row.character(4))
        }
    }

    mutating func read(_ rows: Rows) throws(PostgreSQLError) {
        for row in rows {
            let oid = row.oid(1)
            switch row.character(0) {
            case UInt8(ascii: "m"): methods[oid] = try row.text(3)
            case UInt8(ascii: "c"): collations[oid] = try qualified(row)
            case UInt8(ascii: "o"): operators[oid] = try qualified(row)
            case UInt8(ascii: "k"):
                operatorClasses[oid] = OperatorClass(
                    name: try qualified(row), storedType: row.oid(4), isDefault: row.flag(5))
            case UInt8(ascii: "d"):
                defaultClasses[MethodAndType(method: oid, type: row.oid(4))] = row.oid(6)
            case UInt8(ascii: "t"):
                otherTables[oid, default: OtherTable()].name = try qualified(row)
            default:
                otherTables[oid, default: OtherTable()].columns[row.number(4)] = try row.text(3)
            }
        }
    }

    private func qualified(_ row: Row) throws(PostgreSQLError) -> QualifiedName {
        QualifiedName(schema: try row.text(2), name: try row.text(3))
    }
}

extension CatalogQuery {
    /// Types with modifiers, as the server prints them.
    static let types = """
        SELECT wanted.oid, wanted.modifier, format_type(wanted.oid, wanted.modifier),
            t.typcollation, t.typstorage
        FROM unnest($1::oid[], $2::int4[]) wanted (oid, modifier)
        JOIN pg_type t ON t.oid = wanted.oid
        """

    /// Everything else by oid: collations (`$1`), operator classes (`$2`), operators (`$3`),
    /// tables (`$4`) and, for pairs of access method (`$5`) and type (`$6`), the default operator
    /// class, by the rules of the server's `GetDefaultOpClass`.
    static let names = """
        SELECT 'm' AS sort, oid, NULL AS schema, amname AS name, NULL::int8 AS number,
            NULL::bool AS flag, NULL::oid AS other FROM pg_am
        UNION ALL
        SELECT 'c', c.oid, n.nspname, c.collname, NULL, NULL, NULL
        FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE c.oid = ANY($1::oid[])
        UNION ALL
        SELECT 'k', k.oid, n.nspname, k.opcname, k.opckeytype::int8, k.opcdefault, NULL
        FROM pg_opclass k JOIN pg_namespace n ON n.oid = k.opcnamespace
        WHERE k.oid = ANY($2::oid[])
        UNION ALL
        SELECT 'o', o.oid, n.nspname, o.oprname, NULL, NULL, NULL
        FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
        WHERE o.oid = ANY($3::oid[])
        UNION ALL
        SELECT 't', c.oid, n.nspname, c.relname, NULL, NULL, NULL
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = ANY($4::oid[])
        UNION ALL
        SELECT 'a', a.attrelid, NULL, a.attname, a.attnum, NULL, NULL
        FROM pg_attribute a WHERE a.attrelid = ANY($4::oid[]) AND a.attnum > 0
        UNION ALL
        SELECT 'd', wanted.method, NULL, NULL, wanted.type::int8, NULL, (\(defaultClass))
        FROM unnest($5::oid[], $6::oid[]) wanted (method, type)
        """

    /// The only exact class; else the only preferred one that takes the type as it is; else the
    /// only one that does.
    private static let defaultClass = """
        WITH RECURSIVE base (oid, typbasetype, typtype, typcategory, is_array) AS (
            SELECT t.oid, t.typbasetype, t.typtype, t.typcategory,
                t.typsubscript = 'array_subscript_handler'::regproc
            FROM pg_type t WHERE t.oid = wanted.type
            UNION ALL
            SELECT t.oid, t.typbasetype, t.typtype, t.typcategory,
                t.typsubscript = 'array_subscript_handler'::regproc
            FROM base JOIN pg_type t ON base.typtype = 'd' AND t.oid = base.typbasetype
        ), candidate AS (
            SELECT k.oid, k.opcintype = base.oid AS is_exact,
                own.typispreferred AND own.typcategory = base.typcategory AS is_preferred
            FROM base JOIN pg_opclass k ON k.opcmethod = wanted.method AND k.opcdefault
            JOIN pg_type own ON own.oid = k.opcintype
            WHERE base.typtype <> 'd' AND (k.opcintype = base.oid
                OR k.opcintype IN ('"any"'::regtype, 'anyelement'::regtype)
                OR k.opcintype = 'anyarray'::regtype AND base.is_array
                OR k.opcintype = 'anyenum'::regtype AND base.typtype = 'e'
                OR k.opcintype = 'anyrange'::regtype AND base.typtype = 'r'
                OR k.opcintype = 'anymultirange'::regtype AND base.typtype = 'm'
                OR k.opcintype = 'record'::regtype AND base.typtype = 'c'
                OR EXISTS (SELECT FROM pg_cast WHERE castsource = base.oid
                    AND casttarget = k.opcintype AND castmethod = 'b' AND castcontext = 'i'))
        )
        SELECT CASE WHEN count(*) FILTER (WHERE is_exact) > 0
            THEN min(oid) FILTER (WHERE is_exact)
            WHEN count(*) FILTER (WHERE is_preferred) = 1
            THEN min(oid) FILTER (WHERE is_preferred)
            WHEN count(*) FILTER (WHERE is_preferred) = 0 AND count(*) = 1
            THEN min(oid) END
        FROM candidate
        """
}

extension CatalogReader {
    /// The parameters of `CatalogQuery.types`.
    func wantedTypes(_ functions: Rows) -> [String?] {
        var wanted = Set(argumentTypes(functions))
        for relation in relations { for column in relation.columns { wanted.insert(column.type) } }
        let types = Array(wanted)
        return [
            CatalogQuery.array(types.map(\.oid)),
            "{" + types.map { $0.modifier.map { String($0) } ?? "NULL" }.joined(separator: ",")
                + "}",
        ]
    }

    /// The parameters of `CatalogQuery.names`.
    func wantedNames() -> [String?] {
        var collations: Set<OID> = []
        var classes: Set<OID> = []
        var pairs: Set<MethodAndType> = []
        for relation in relations {
            for column in relation.columns { collations.insert(column.collation) }
        }
        for index in indexes {
            collations.formUnion(index.collations)
            classes.formUnion(index.classes)
            let columns = relationNumbers[index.table].map { relations[$0] }
            for place in 0..<index.keyCount {
                let type =
                    columns?.column(index.columns[place])?.type.oid
                    ?? indexColumns[index.oid]?[place + 1]?.type
                if let type { pairs.insert(MethodAndType(method: index.method, type: type)) }
            }
        }
        let operators = Set(constraints.flatMap(\.operators))
        let tables = Set(constraints.map(\.referencedTable)).filter {
            $0 != 0 && relationNumbers[$0] == nil
        }
        let ordered = Array(pairs)
        return [
            CatalogQuery.array(collations), CatalogQuery.array(classes),
            CatalogQuery.array(operators), CatalogQuery.array(tables),
            CatalogQuery.array(ordered.map(\.method)), CatalogQuery.array(ordered.map(\.type)),
        ]
    }
}
