// schemas/ is generated from the decoders' declarations: it must be current, and a validator that
// is not ours must judge manifests by it as the decoders do.

import Foundation
import Manifest
import Planning
import SchemaCore
import TestSupport
import Testing

@testable import SQLiteEngine

@Suite("The schema of SQLite's manifests")
struct ManifestSchemaTests {
    @Test("the file is current") func fileIsCurrent() {
        let file = SQLiteManifests.schemaFile
        expectGolden(file.text, at: "\(corpusFolder("manifest"))/../../../schemas/\(file.name)")
    }

    @Test("every field that is declared is read") func fields() {
        var context = DecodingContext()
        for text in exampleOfKinds.map(\.text) + [wholeManifest] {
            let read = ManifestReader().read(
                ManifestFile(path: "input.yaml", bytes: Array(text.utf8)))
            _ = SQLiteManifests.registry.lower(read.documents, &context)
        }
        #expect(context.unreadFields.isEmpty)
        #expect(context.diagnostics.isEmpty)
    }

    @Test("a validator says of the form what our decoders say, and no more")
    func validator() throws {
        var broken = try BrokenManifestTests.corpus.sortedByForm { lowered($0).diagnostics }
        broken.good["whole"] = wholeManifest
        for file in exampleOfKinds { broken.good[file.path] = file.text }
        let report = try SchemaValidation.run(
            schema: SQLiteManifests.schemaFile.text, good: broken.good, bad: broken.bad)
        #expect(report.wronglyRefused == [], "\(report.output)")
        #expect(report.wronglyAccepted == [])
    }
}

/// Every field of every kind, in the canonical form.
let wholeManifest = """
    # The table.
    apiVersion: lockstep.dev/v1
    kind: Table
    name: Users
    renamedFrom: [people, persons]
    strict: true
    withoutRowID: false
    columns:
      # The rowid.
      id: integer
      email: { type: text, nullable: false, notNull: { name: has_email, onConflict: fail } }
      team: { type: integer, nullable: true, renamedFrom: group }
      state: { type: text, default: "'new'", collation: nocase } # kept
      words: { type: text, nullable: true, generated: { expression: upper(email), stored: true } }
      short: { type: any, generated: "substr(email, 1, 2)" }
      raw: { type: blob, nullable: true }
    primaryKey:
      name: pk
      columns: [{ column: id, order: asc }]
      autoincrement: true
      onConflict: abort
    unique:
      - [email, state]
      - { name: by_team, columns: [team, { column: email, collation: nocase }], onConflict: ignore }
    checks:
      positive: id > 0
      long: { expression: length(email) > 3 }
    foreignKeys:
      users_team:
        columns: [team]
        references: { table: teams, columns: [id], unchecked: true }
        match: full
        onUpdate: cascade
        onDelete: setDefault
        initiallyDeferred: true
    indexes:
      users_state: [state, (lower(email))]
      users_new:
        columns: [{ expression: length(email), collation: rtrim, order: desc }]
        unique: true
        where: state = 'new'
        renamedFrom: users_old
    triggers:
      users_gone:
        time: after
        event: update
        columns: [email]
        when: new.email <> old.email
        renamedFrom: users_left
        body: |
          DELETE FROM Users WHERE id = old.id;
          SELECT 1;

    ---
    apiVersion: lockstep.dev/v1
    kind: Index
    name: users_team
    table: users
    columns: [team]
    unique: false
    where: team > 0
    renamedFrom: users_group

    ---
    apiVersion: lockstep.dev/v1
    kind: View
    name: fresh
    renamedFrom: newest
    columns: [id, address]
    query: SELECT id, email FROM users WHERE state = 'new'

    ---
    apiVersion: lockstep.dev/v1
    kind: Trigger
    name: fresh_gone
    view: fresh
    time: insteadOf
    event: delete
    body: DELETE FROM users WHERE id = old.id;

    ---
    apiVersion: lockstep.dev/v1
    kind: Trigger
    name: users_came
    table: Users
    event: insert
    body: SELECT 1;

    ---
    apiVersion: lockstep.dev/v1
    kind: Data
    table: users
    key: [id]
    rows:
      - { id: 1, email: a@b, raw: null }
      - { id: 2, email: "2", raw: { blob: 00FF } }

    ---
    apiVersion: lockstep.dev/v1
    kind: Statement
    name: words
    create: CREATE VIRTUAL TABLE words USING fts5(text);
    drop: DROP TABLE words
    identity: SELECT sql FROM sqlite_schema WHERE name = 'words'

    """
