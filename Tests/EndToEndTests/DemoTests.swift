import Foundation
import Testing

/// The demo as a newcomer runs it.
@Suite("Demo")
struct DemoTests {
    @Test("goes the whole way and says so", arguments: Story.allCases)
    func wholeWay(story: Story) async throws {
        try await Turnstile.shared.pass {
            try await Place.with { place in
                let arguments = ["demo", "--folder", "demo"] + story.flags
                let demo = try await Program.lockstep(arguments, in: place)
                #expect(demo.status == 0, "\(demo.all)")
                // Where a paragraph breaks depends on the length of the folder's path.
                var rest = Substring(demo.output.replacingOccurrences(of: "\n", with: " "))
                for milestone in story.milestones {
                    let found = rest.range(of: milestone)
                    #expect(found != nil, "\(milestone) is missing or too late")
                    if let found { rest = rest[found.upperBound...] }
                }
                let folder = place.folder.appendingPathComponent("demo")
                let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(Set(kept.map { $0.prefix { $0 != "-" } }) == story.kept)
                let again = try await Program.lockstep(arguments, in: place)
                #expect(again.status == 1 && again.errors.contains("is there already"))
            }
        }
    }

    enum Story: CaseIterable {
        case sqlite, postgreSQL

        /// SQLite is what a newcomer gets.
        var flags: [String] {
            switch self {
            case .sqlite: []
            case .postgreSQL: ["--engine", "postgresql"]
            }
        }

        /// What is left, without numbers and digests.
        var kept: Set<Substring> {
            switch self {
            case .sqlite: ["plan.json", "shop", "shop.db", "shop.db.lockstep"]
            case .postgreSQL: ["plan.json", "shop"]
            }
        }

        var milestones: [String] {
            switch self {
            case .sqlite:
                [
                    "$ git -C shop commit", "$ export DATABASE_URL='sqlite:shop.db?mode=rwc'",
                    "$ lockstep apply --repo shop --auto-approve safe",
                    "the target has the desired state", "order_items: 40,000 rows",
                    "$ lockstep plan --repo shop",
                    "breaking     Rename column customers.name to full_name",
                    "destructive  Drop column customers.fax",
                    "critical DestroysData", "seen: table customers: about 10,000 rows",
                    "$ lockstep apply --repo shop --auto-approve breaking",
                    "must be acknowledged by id", "(exit code 4)",
                    "--acknowledge drop-column:customers.fax",
                    "backup of the database as it is now",
                    "the target has the desired state",
                    "Nothing to do: live and desired are equal.",
                    "sqlite> drop index orders_customer_idx;", "$ lockstep drift --repo shop",
                    "removed  index orders_customer_idx", "(exit code 5)",
                    "the target has the desired state", "no drift",
                    "The journal's chain of hashes is whole.", "for you to look at",
                ]
            case .postgreSQL:
                [
                    "$ git -C shop commit", "$ lockstep apply --repo shop --auto-approve safe",
                    "the target has the desired state", "order_items: 40,000 rows",
                    "$ lockstep plan --repo shop", "destructive  Drop column shop.customers.fax",
                    "critical DestroysData", "seen: table shop.customers: about 10,000 rows",
                    "breaking     Rename column shop.customers.name to full_name",
                    "$ lockstep apply --repo shop --auto-approve breaking",
                    "must be acknowledged by id", "(exit code 4)",
                    "--acknowledge drop-column:shop.customers.fax",
                    "the target has the desired state",
                    "Nothing to do: live and desired are equal.",
                    "shop=# drop index shop.orders_customer_idx;", "$ lockstep drift --repo shop",
                    "removed  index shop.orders_customer_idx", "(exit code 5)",
                    "the target has the desired state", "no drift", "$ lockstep status --repo shop",
                    "$ lockstep history --repo shop", "The journal's chain of hashes is whole.",
                    "for you to look at",
                ]
            }
        }
    }

    @Test("holds the example as it is in examples")
    func isCurrent() async throws {
        try await Place.with { place in
            let check = try await Program.run(
                "\(Program.root)/scripts/generate-demo-example", ["--check"], in: place)
            #expect(check.status == 0, "\(check.all)")
        }
    }
}
