// Owns what the demo looks up between its commands.

import Foundation
import Planning
import PostgreSQLClient
import SchemaCore

extension DemoStage {
    /// Makes the shop's database.
    func createDatabase() async throws {
        console.write("$ createdb shop\n")
        let connection = try await PostgreSQLConnection.connect(server.settings())
        do {
            try await connection.execute("CREATE DATABASE shop")
            await connection.close()
        } catch {
            await connection.close()
            throw error
        }
    }

    /// How many rows the big tables have.
    func rowCounts() async throws -> [String] {
        let connection = try await PostgreSQLConnection.connect(server.settings(database: "shop"))
        do {
            let rows = try await connection.query(
                """
                SELECT relname, reltuples::bigint FROM pg_catalog.pg_class
                WHERE relnamespace = 'shop'::regnamespace AND relkind = 'r' AND reltuples > 0
                ORDER BY reltuples DESC, relname
                """)
            let lines = try rows.map { row in
                "\(try row.text(0)): \(HumanText.count(Int64(try row.int(1)), "row"))"
            }
            await connection.close()
            return lines
        } catch {
            await connection.close()
            throw error
        }
    }

    /// The ids of the steps of a plan file that can lose data.
    func destructiveSteps(in file: String) throws -> [String] {
        let path = folder.appendingPathComponent(file).path
        guard
            let data = FileManager.default.contents(atPath: path),
            let document = try? CanonicalJSON.decode(PlanDocument.self, from: data)
        else {
            throw Failure(.failure, "the demo stops: it cannot read the plan in \(path)")
        }
        return zip(document.plan.steps, document.assessment.stepRisks)
            .filter { $0.1 == .destructive }.map(\.0.id)
    }
}
