import Manifest
import Planning
import SchemaCore
import Testing

@testable import PostgreSQLEngine

/// Reads and lowers one file.
func lowered(_ text: String, defaultSchema: String? = nil) -> Lowering<PostgreSQLObject> {
    let file = ManifestFile(path: "input.yaml", bytes: Array(text.utf8))
    return PostgreSQLManifests.lower(
        ManifestInput(base: ManifestTree(files: [file]), defaultSchema: defaultSchema))
}

/// The statements that make the objects, as PostgreSQL would be told.
func statements(_ text: String) -> [String] {
    let result = lowered(text)
    #expect(result.diagnostics.isEmpty)
    return result.objects.flatMap { $0.creation.map { $0.text(.postgreSQL) } }
}

@Suite struct ManifestLoweringTests {
    @Test func tableOfTheSpecification() {
        let text = """
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: users
            comment: People who can sign in.
            columns:
              id:         { type: uuid, default: gen_random_uuid() }
              email:      { type: varchar(255) }
              full_name:  { type: text, nullable: true, renamedFrom: name }
              status:     { type: varchar(20), default: "'active'" }
              team_id:    bigint
            primaryKey: [id]
            unique:
              users_email_key: [email]
            checks:
              users_status_check: status in ('active', 'inactive', 'suspended')
            indexes:
              users_status_idx: { columns: [status], where: status = 'active' }
            foreignKeys:
              users_team_fkey: { columns: [team_id], references: { table: teams, columns: [id] }, onDelete: cascade }
            ---
            apiVersion: lockstep.dev/v1
            kind: Table
            schema: app
            name: teams
            columns: { id: { type: bigint, identity: always } }
            primaryKey: [id]
            """
        #expect(
            statements(text) == [
                "CREATE SCHEMA app",
                "CREATE TABLE app.users ()",
                "COMMENT ON TABLE app.users IS 'People who can sign in.'",
                "ALTER TABLE app.users ADD COLUMN id uuid NOT NULL",
                "ALTER TABLE app.users ALTER COLUMN id SET DEFAULT gen_random_uuid()",
                "ALTER TABLE app.users ADD COLUMN email varchar(255) NOT NULL",
                "ALTER TABLE app.users ADD COLUMN full_name text",
                "ALTER TABLE app.users ADD COLUMN status varchar(20) NOT NULL",
                "ALTER TABLE app.users ALTER COLUMN status SET DEFAULT 'active'",
                "ALTER TABLE app.users ADD COLUMN team_id bigint NOT NULL",
                "ALTER TABLE app.users ADD PRIMARY KEY (id)",
                "ALTER TABLE app.users ADD CONSTRAINT users_email_key UNIQUE (email)",
                "ALTER TABLE app.users ADD CONSTRAINT users_status_check"
                    + " CHECK (status in ('active', 'inactive', 'suspended'))",
                "ALTER TABLE app.users ADD CONSTRAINT users_team_fkey FOREIGN KEY (team_id)"
                    + " REFERENCES app.teams (id) ON DELETE CASCADE",
                "CREATE INDEX users_status_idx ON app.users (status) WHERE status = 'active'",
                "CREATE TABLE app.teams ()",
                "ALTER TABLE app.teams ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY NOT NULL",
                "ALTER TABLE app.teams ADD PRIMARY KEY (id)",
            ])
    }
}
