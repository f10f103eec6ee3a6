// What `import` cannot write it leaves out, tells of, and no plan drops for want of a manifest.

import Foundation
import Manifest
import Planning
import SQLiteClient
import SchemaCore
import Testing

@testable import SQLiteEngine

@Suite("What manifests cannot give")
struct ImportTests {
    /// Each with what stands on it.
    static let script = """
        CREATE TABLE lockstep_x(a); CREATE VIEW lv AS SELECT a FROM lockstep_x;
        CREATE TABLE t(a, "b\nc" int); CREATE INDEX ti ON t(a);
        CREATE TABLE w(a, lockstep_b REFERENCES lockstep_x(a), CHECK (a <> '\n'));
        CREATE INDEX "w\ni" ON w(a); CREATE INDEX wi ON w(lockstep_b);
        CREATE TRIGGER tr AFTER UPDATE OF nothere ON w BEGIN SELECT 1; END;
        CREATE TRIGGER tf AFTER INSERT ON w BEGIN UPDATE w SET a = own(new.a); END;
        CREATE TRIGGER ok AFTER INSERT ON w BEGIN UPDATE w SET a = 1; END;
        CREATE VIEW broken AS SELECT * FROM gone; CREATE VIEW deeper AS SELECT * FROM broken;
        CREATE VIEW fn AS SELECT own("a") FROM w; CREATE VIEW fine AS SELECT * FROM w;
        CREATE TABLE ""(a); CREATE TABLE n1("", a);
        CREATE TABLE n2(a, CONSTRAINT "" CHECK (a > 0)); CREATE INDEX n2i ON n2(a);
        CREATE VIRTUAL TABLE f USING fts5(a);
        CREATE TRIGGER tv AFTER INSERT ON w BEGIN INSERT INTO f(a) VALUES (new.a); END;
        """
    static let left: Set<String> = [
        "table lockstep_x", "view lv", "table t", "index \"w\ni\"", "trigger tr", "trigger tf",
        "trigger tv",
        "view broken", "view deeper", "view fn", "table \"\"", "table n1", "table n2",
    ]

    @Test("it is left out and told, and the rest comes back")
    func leftOut() async throws {
        let live = try await read(Self.script).catalog
        let (files, warnings) = try await ManifestImport(live).result()
        let told = warnings.map { $0.message.components(separatedBy: " is left out: ")[0] }
        #expect(Set(told) == Self.left, "\(told)")
        #expect(warnings.allSatisfy { $0.severity == .warning && $0.code == "left-out" })
        let made = try await built(files)
        expectEqual(made, live.filter { !$0.isBeyondManifests })
        #expect(made.ids.contains(.view("fine")) && made.ids.contains(.trigger("ok")))
        #expect(made.ids.contains(.index("wi")))
    }

    @Test(
        "it is not managed unless it is declared",
        arguments: [InspectionDetail.definitions, .full])
    func unmanaged(detail: InspectionDetail) async throws {
        let live = try await read(Self.script, detail: detail).catalog
        let managed = Management.adHoc.managedPart(
            of: live, declared: [.trigger("tr")], applied: [], scope: .everything,
            standsAlone: SQLite().standsAlone)
        let left = live.filter { managed[$0.id] == nil }.ids
        #expect(
            Set(left.filter { $0.path.count == 1 }.map(\.description))
                == Self.left.subtracting(["trigger tr"]).union(["index ti", "index n2i"]))
        #expect(managed.ids.contains(.trigger("tr")))
    }
}
