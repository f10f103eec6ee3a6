import ArgumentParser
import Foundation
import Planning

/// `lockstep demo`
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows the whole way on an example, with a database of its own.",
        discussion: """
            Makes a git repository with the schema of a web shop and a database in a new folder, \
            and goes from the first commit to drift that is found and reverted. It asks nothing \
            and touches no database of yours. Every command that it shows is run as it stands. It \
            needs git. With --engine postgresql it starts a private server, for which it needs \
            the server programs of PostgreSQL (on Debian: apt-get install postgresql-15).
            """)

    @Option(help: ArgumentHelp("The folder to make; by default a temporary one.", valueName: "dir"))
    var folder: String?

    @Option(help: ArgumentHelp("sqlite or postgresql.", valueName: "name"))
    var engine = "sqlite"

    func run() async throws {
        try await CommandRun.run { console in
            guard let story = DemoStory.all[engine] else {
                throw Failure.usage(
                    "there is no demo of '\(engine)'",
                    help: "choose one of: \(DemoStory.all.keys.sorted().joined(separator: ", "))")
            }
            let folder = try Self.make(folder)
            return try await Interruption.cancelling {
                let database = try await story.database(folder.path)
                do {
                    let stage = DemoStage(folder: folder, database: database, console: console)
                    try await Self.play(story, on: stage)
                    await database.end()
                    return .success
                } catch {
                    await database.end()
                    throw error
                }
            }
        }
    }

    private static func make(_ wanted: String?) throws -> URL {
        let base = FileManager.default.temporaryDirectory.path
        let folder = URL(fileURLWithPath: wanted ?? "\(base)/lockstep-demo-\(getpid())")
        if FileManager.default.fileExists(atPath: folder.path) {
            throw Failure(
                .failure, "\(folder.path) is there already", help: "choose another --folder")
        }
        do {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent("shop"), withIntermediateDirectories: true)
        } catch {
            throw Failure(
                .failure, "the folder \(folder.path) cannot be made",
                help: "choose another --folder")
        }
        return folder
    }

    // MARK: - The play

    private static func play(_ story: DemoStory, on stage: DemoStage) async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        stage.chapter(
            "Lockstep, the whole way",
            """
            This takes less than a minute and asks nothing. It works in \(stage.folder.path) with \
            \(stage.database.words). Lines with $ are commands as you would type them there; what \
            follows is what they print.
            """)
        try await createFromGit(story, stage)
        try await planSecondVersion(story, stage)
        try await applySecondVersion(story, stage)
        try await drift(story, stage)
        try await lookBack(stage)
        let seconds = Int((clock.now - begin).components.seconds)
        try? FileManager.default.removeItem(at: stage.folder.appendingPathComponent(".cache"))
        stage.chapter(
            "The end",
            """
            All \(HumanText.count(Int64(seconds), "second")) of it ran for real. The \
            repository stays in \(stage.folder.path)/shop for you to look at. \
            \(stage.database.afterwards) With a database of your own begin like this; import and \
            plan change nothing in it:
            """)
        stage.console.write(
            """

            $ lockstep import --url "$DATABASE_URL" --out schema
            $ lockstep plan --url "$DATABASE_URL" --manifests schema

            """)
    }

    private static func createFromGit(_ story: DemoStory, _ stage: DemoStage) async throws {
        stage.chapter(
            "1. The schema lives in git",
            """
            A web shop: \(story.shop). Each manifest is a YAML file that says what shall be \
            there. Nobody writes migrations.
            """)
        try stage.write(story.first)
        try await stage.git(["init", "-q", "-b", "main", "shop"])
        try await stage.git(["-C", "shop", "add", "."])
        try await stage.git(["-C", "shop", "commit", "-q", "-m", "The shop, version 1"])
        let name = "schema/tables/customers.yaml"
        stage.console.write("\n$ cat shop/\(name)\n\(story.first[name] ?? "")")
        stage.chapter(
            "2. From an empty database to version 1",
            """
            Lockstep reads the commit, not a checkout, looks at the live database, and plans the \
            difference. Creating things in an empty database is safe, so --auto-approve safe lets \
            it through; this is what a script or CI would run.
            """)
        try await stage.createDatabase()
        try await stage.lockstep(["apply", "--repo", "shop", "--auto-approve", "safe"])
        stage.chapter(
            "3. Rows",
            "An empty database has nothing to lose, so we put some 110,000 rows in.")
        try await stage.database.run(story.rows)
        for (table, rows) in try await stage.database.rowCounts() {
            stage.console.write("  \(table): \(HumanText.count(rows, "row"))\n")
        }
    }

    private static func planSecondVersion(_ story: DemoStory, _ stage: DemoStage) async throws {
        stage.chapter(
            "4. A second version is committed",
            story.news)
        try stage.write(story.changes)
        try await stage.git(["-C", "shop", "add", "."])
        try await stage.git(["-C", "shop", "--no-pager", "diff", "--cached", "--stat"])
        try await stage.git(["-C", "shop", "commit", "-q", "-m", "The shop, version 2"])
        stage.chapter(
            "5. The plan says what it would do, and what it would cost",
            """
            Every step shows its risk, the locks it takes, what it does to rows, and the way back. \
            Look at the step marked destructive: \(story.loss).
            """)
        try await stage.lockstep(["plan", "--repo", "shop"])
    }

    private static func applySecondVersion(_ story: DemoStory, _ stage: DemoStage) async throws {
        stage.chapter(
            "6. Data is not lost by accident",
            """
            Approving everything up to 'breaking' does not cover the loss of data. The run is \
            refused with exit code 4, and nothing has happened.
            """)
        let level = ["--auto-approve", "breaking"]
        try await stage.lockstep(["apply", "--repo", "shop"] + level, ends: .approval)
        stage.chapter(
            "7. Reviewed, acknowledged, applied",
            """
            So we keep the plan that we reviewed in a file and acknowledge the one step by its id. \
            If manifests or database move in between, the plan is stale and is not \
            applied.\(story.safeguard)
            """)
        try await stage.lockstep(
            ["plan", "--repo", "shop", "-o", "json", "--out", "plan.json"])
        let lossy = try stage.destructiveSteps(in: "plan.json")
        guard lossy.count == 1 else {
            throw Failure(
                .failure, "the demo stops: \(lossy.count) steps are destructive instead of one")
        }
        try await stage.lockstep(
            ["apply", "--repo", "shop", "--plan", "plan.json"] + level
                + lossy.flatMap { ["--acknowledge", $0] })
        try await stage.lockstep(["plan", "--repo", "shop", "--exit-code"])
    }

    private static func drift(_ story: DemoStory, _ stage: DemoStage) async throws {
        stage.chapter(
            "8. Somebody changes the database by hand",
            "It is three in the morning, and somebody tries to make the shop faster.")
        try await stage.byHand(story.byHand)
        stage.chapter(
            "9. The drift is seen",
            "Exit code 5 is for your monitoring: the live database is not what was last applied.")
        try await stage.lockstep(["drift", "--repo", "shop"], ends: .drift)
        stage.chapter(
            "10. And reverted",
            """
            Git says what shall be, so applying again brings it back; \(story.reverting).
            """)
        try await stage.lockstep(["apply", "--repo", "shop", "--auto-approve", story.revertLevel])
        try await stage.lockstep(["drift", "--repo", "shop"])
    }

    private static func lookBack(_ stage: DemoStage) async throws {
        stage.chapter(
            "11. What happened, and can it be trusted?",
            """
            The journal lives in the database itself, and each entry carries the hash of the one \
            before it.
            """)
        try await stage.lockstep(["status", "--repo", "shop"])
        try await stage.lockstep(["history", "--repo", "shop"])
    }
}
