// Owns what `pg_dump --schema-only` writes of a database, by object, and the count of two such.

import Foundation
import PostgreSQLClient
import TestSupport

/// The objects of one database as `pg_dump` writes them.
struct DumpedObjects: Sendable {
    /// One object: the sort that `pg_dump` gives it, with schema and name.
    struct Key: Hashable, Comparable, CustomStringConvertible, Sendable {
        var sort: String
        var name: String

        var description: String { "\(sort) \(name)" }
        static func < (one: Key, other: Key) -> Bool {
            (one.sort, one.name) < (other.sort, other.name)
        }
    }

    /// The statements that make each; several objects may go by one name.
    private(set) var objects: [Key: [String]] = [:]

    init(of database: TestDatabase) async throws {
        let folder = try TemporaryFolder()
        let file = folder.path + "/dump.sql"
        let binaries = try LocalServer.Binaries.required(major: database.server.major)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binaries.directory + "/pg_dump")
        process.arguments = [
            "--schema-only", "--exclude-schema=lockstep", "--file=\(file)",
            "--dbname=\(database.url)",
        ]
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        guard status == 0 else { throw Failure(status: status) }
        self.init(text: try String(contentsOfFile: file, encoding: .utf8))
    }

    /// `pg_dump` ended with an error.
    struct Failure: Error { var status: Int32 }

    /// Reads the text of a dump: above each object stands a comment that names it.
    init(text: String) {
        let head = /(?m)^-- Name: (?<name>.*); Type: (?<sort>[^;]*); Schema: (?<schema>[^;]*);.*$/
        let heads = text.matches(of: head)
        for (place, match) in heads.enumerated() {
            let end = place + 1 < heads.count ? heads[place + 1].range.lowerBound : text.endIndex
            let key = Key(
                sort: String(match.sort),
                name: match.schema == "-"
                    ? String(match.name) : "\(match.schema).\(match.name)")
            var body = Self.statements(text[match.range.upperBound..<end])
            // Who may do what has no order.
            if key.sort.hasSuffix("ACL") {
                body = body.split(separator: "\n").sorted().joined(separator: "\n")
            }
            objects[key, default: []].append(body)
        }
    }

    /// With the lines of each table in alphabetical order: a column that is added comes last,
    /// wherever a manifest has it.
    var withColumnsSorted: DumpedObjects {
        var sorted = self
        for (key, texts) in objects where key.sort.hasSuffix("TABLE") {
            sorted.objects[key] = texts.map { text in
                text.split(separator: "\n").map { line in
                    line.hasSuffix(",") ? line.dropLast() : line
                }.sorted().joined(separator: "\n")
            }
        }
        return sorted
    }

    /// Without comments and settings. Storage parameters and options of views have no order: a
    /// manifest and the server read them by name.
    private static func statements(_ text: Substring) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("--") && !$0.hasPrefix("SET default_") && !$0.hasPrefix("\\")
        }.joined(separator: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            .replacing(/\bWITH \((?<list>[^()]*)\)/) { match in
                let list = match.list.components(separatedBy: ", ").sorted()
                return "WITH (\(list.joined(separator: ", ")))"
            }
    }
}

/// How many objects of each sort went in, came out, and are not the same.
struct RoundTripTable: Sendable {
    private struct Row { var entered = 0, left = 0, different = 0 }
    private var rows: [String: Row] = [:]

    /// Counts one round trip, and returns what is not the same of it.
    mutating func add(_ wanted: DumpedObjects, _ made: DumpedObjects) -> [DumpedObjects.Key] {
        for (key, texts) in wanted.objects { rows[key.sort, default: Row()].entered += texts.count }
        for (key, texts) in made.objects { rows[key.sort, default: Row()].left += texts.count }
        let keys = Set(wanted.objects.keys).union(made.objects.keys)
        let different = keys.filter {
            wanted.objects[$0, default: []].sorted() != made.objects[$0, default: []].sorted()
        }
        for key in different { rows[key.sort, default: Row()].different += 1 }
        return different.sorted()
    }

    /// The sorts that went in.
    var sorts: Set<String> { Set(rows.keys) }

    /// For people: a line for each sort, and their sum.
    var text: String {
        var sum = Row()
        for row in rows.values {
            sum.entered += row.entered
            sum.left += row.left
            sum.different += row.different
        }
        func cell(_ number: Int) -> String {
            String(repeating: " ", count: max(0, 10 - "\(number)".count)) + "\(number)"
        }
        func line(_ sort: String, _ row: Row) -> String {
            sort.padding(toLength: 28, withPad: " ", startingAt: 0)
                + cell(row.entered) + cell(row.left) + cell(row.different)
        }
        let head = "objects                             in       out different"
        let lines = rows.sorted { $0.key < $1.key }.map { line($0.key, $0.value) }
        return ([head] + lines + [line("all", sum)]).joined(separator: "\n")
    }
}
