import Planning
import PostgreSQLClient
import SchemaCore
import TestSupport
import Testing

@testable import PostgreSQLEngine

/// What the table of type changes claims to keep, real servers keep: values at the edges of each
/// type are converted there and back, in two time zones.
@Suite struct TypeChangeTests {
    /// The least, the greatest and the special values of each type that the table names.
    static let edges: [String: [String]] = [
        "int2": ["-32768", "32767", "0"],
        "int4": ["-2147483648", "2147483647", "-1"],
        "int8": ["-9223372036854775808", "9223372036854775807", "-1"],
        "oid": ["0", "4294967295", "2147483648"],
        "regclass": ["pg_catalog.pg_class", "pg_catalog.pg_class_oid_index"],
        "numeric": ["NaN", "Infinity", "-Infinity", "1e-300", "-1e300", "1.10", "0.000"],
        "float4": ["NaN", "Infinity", "-0", "1e-45", "3.4028235e38", "0.1", "16777217"],
        "float8": ["NaN", "-Infinity", "-0", "5e-324", "1.7976931348623157e308", "0.1"],
        "bool": ["t", "f"],
        "name": ["", "a b", "Ä\"\'"],
        "uuid": ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
        "date": ["infinity", "-infinity", "4713-01-01 BC", "294276-12-31", "2000-02-29"],
        "time": ["00:00", "24:00:00", "23:59:59.999999"],
        "timetz": ["00:00+15:59:59", "24:00:00-15:59:59", "12:00:00.000001+00"],
        "timestamp": [
            "infinity", "-infinity", "4713-01-01 00:00:00 BC", "294276-12-31 23:59:59.999999",
            "2021-03-14 02:30:00", "2021-11-07 01:30:00",
        ],
        "timestamptz": [
            "infinity", "-infinity", "4713-01-01 12:00:00+00 BC",
            "294276-12-31 12:00:00.999999+00", "2021-03-14 02:30:00+00",
            "2021-11-07 05:30:00+00", "2021-11-07 06:30:00+00",
        ],
        "interval": ["-178000000 years", "1 mon -1 day 00:00:00.000001", "24:00:00", "0"],
        "inet": ["10.1.2.3/8", "::ffff:1.2.3.4/128", "0.0.0.0/0"],
        "cidr": ["10.0.0.0/8", "::/0", "1.2.3.4/32"],
        "macaddr": ["08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"],
        "macaddr8": ["08:00:2b:01:02:03:04:05", "ff:ff:ff:ff:ff:ff:ff:ff"],
        "json": ["{\"a\": 1,  \"a\": 2}", "null", "1.10"],
        "jsonb": ["{\"b\": 1.10, \"a\": [null, \"\\u00e9\"]}", "null"],
        "xml": ["<a>  <b/></a>", "text", ""],
        "bytea": ["", "\\x00ff5c27"],
        "bit": ["1", "0"],
        "varbit": ["", "1010101010101"],
        "tsvector": ["\'a b\':1A,2 \'c\'", ""],
        "tsquery": ["\'a\':*A & !\'b c\' <-> \'d\'", ""],
        "int4range": ["empty", "[1,2)", "(,)"],
        "int8range": ["empty", "[-9223372036854775808,)"],
        "numrange": ["(1.10,2]", "empty"],
        "daterange": ["[2000-01-01,infinity)", "empty"],
        "tsrange": ["[2000-01-01 00:00:00.000001,infinity]"],
        "tstzrange": ["[2000-01-01 00:00:00.000001+00,)"],
        "pg_lsn": ["0/0", "FFFFFFFF/FFFFFFFF"],
        "text": ["", " a ", "Ä\u{1}\n"],
        "varchar": ["", " a ", "Ä\n"],
    ]

    /// The pairs that the table names, and whole numbers in `numeric`.
    static let pairs: [(from: String, to: String)] =
        TypeChange.widenings.sorted { $0.key < $1.key }.flatMap { from, targets in
            targets.sorted().map { (from, $0) }
        } + TypeChange.printed.sorted().map { ($0, "text") }
        + ["int2", "int4", "int8"].map { ($0, "numeric") }

    @Test(arguments: PrivatePostgreSQL.testMajors)
    func whatIsKeptComesBack(major: Int) async throws {
        try await PrivatePostgreSQL.withDatabase(major: major) { database in
            let session = try await PostgreSQLSession.connect(database.url)
            for (from, to) in Self.pairs {
                let values = try #require(Self.edges[from], "\(from) has no edges")
                for value in values {
                    let result = try await session.query(
                        """
                        select v::pg_catalog.\(from)::pg_catalog.\(to)::pg_catalog.text,
                          v::pg_catalog.\(from)::pg_catalog.text
                        from (values ($1::text)) as x(v)
                        """, [value])[0]
                    let (there, before) = (try result.text(0), try result.text(1))
                    if there == before { continue }
                    let back = try await session.query(
                        """
                        select v::pg_catalog.\(from)::pg_catalog.\(to)::pg_catalog.\(from)
                          ::pg_catalog.text
                        from (values ($1::text)) as x(v)
                        """, [value])[0]
                    #expect(
                        try back.text(0) == before, "\(from) to \(to): \(value) as \(there)")
                }
            }
            await session.close()
        }
    }

    /// The same value whatever zone the session has; what depends on it is no pair.
    @Test func noZoneMatters() async throws {
        try await PrivatePostgreSQL.withDatabase { database in
            let session = try await PostgreSQLSession.connect(database.url)
            for (from, to) in Self.pairs where from != "timestamptz" && from != "tstzrange" {
                var seen: Set<String> = []
                for zone in ["UTC", "America/New_York"] {
                    try await session.query("select set_config('TimeZone', $1, false)", [zone])
                    let rows = try await session.query(
                        """
                        select pg_catalog.string_agg(
                          v::pg_catalog.\(from)::pg_catalog.\(to)::pg_catalog.text, '|')
                        from pg_catalog.unnest($1::text[]) as v
                        """, [PostgreSQLArray.text(of: Self.edges[from] ?? [])])
                    seen.insert(try rows[0].text(0))
                }
                #expect(seen.count == 1, "\(from) to \(to): \(seen)")
            }
            await session.close()
        }
    }

    @Test func whatIsMeasuredToChangeIsNoPair() {
        for (from, to) in [
            ("int4", "oid"), ("oid", "int4"), ("timestamp", "timestamptz"), ("inet", "cidr"),
            ("timestamptz", "timestamp"), ("date", "timestamptz"), ("time", "timetz"),
            ("float8", "numeric"), ("json", "jsonb"), ("int8", "float8"), ("bpchar", "text"),
        ] {
            let change = TypeChange(
                from: .init(name: from, modifier: nil, isArray: false, origin: .server),
                to: .init(name: to, modifier: nil, isArray: false, origin: .server),
                rewrites: false, isSameCollation: true)
            #expect(change.data == .lossy, "\(from) to \(to)")
        }
    }
}
