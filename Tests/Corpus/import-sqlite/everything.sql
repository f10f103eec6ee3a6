-- Every option of every kind, and names that have to be quoted.
CREATE TABLE teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(100) NOT NULL UNIQUE COLLATE NOCASE,
    slug TEXT CONSTRAINT "slug is there" NOT NULL ON CONFLICT REPLACE DEFAULT 'none',
    founded DATE DEFAULT CURRENT_DATE,
    score DECIMAL(10, 2) DEFAULT -1.5,
    raw,
    payload BLOB DEFAULT x'0aFF',
    weight REAL DEFAULT (1 + 2 * 3),
    initials TEXT GENERATED ALWAYS AS (upper(substr(name, 1, 2))),
    shout TEXT AS (upper(name) || '!') STORED
);
CREATE TABLE users (
    id INTEGER NOT NULL PRIMARY KEY ON CONFLICT FAIL,
    email TEXT NOT NULL CHECK (email LIKE '%@%'),
    team INTEGER REFERENCES teams ON DELETE SET NULL ON UPDATE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    boss INTEGER CONSTRAINT has_boss REFERENCES users (id) MATCH FULL,
    gone INTEGER REFERENCES nowhere (id),
    CONSTRAINT "one email" UNIQUE (email COLLATE NOCASE) ON CONFLICT IGNORE,
    UNIQUE (team, email),
    CONSTRAINT twice CHECK (id > 0),
    CONSTRAINT twice CHECK (id < 1000000000)
);
CREATE TABLE codes (
    country TEXT,
    code INTEGER,
    label ANY,
    PRIMARY KEY (country COLLATE NOCASE, code DESC)
) STRICT, WITHOUT ROWID;
CREATE TABLE quirk (id INTEGER PRIMARY KEY DESC, note TEXT);
CREATE TABLE loose (code TEXT PRIMARY KEY, a INT NULL, CONSTRAINT named_key UNIQUE (a));
CREATE TABLE empty_of_types (a, b, "c d" DEFAULT "text");
CREATE INDEX users_email ON users (lower(email) COLLATE RTRIM DESC, team);
CREATE UNIQUE INDEX users_boss ON users (boss COLLATE NOCASE) WHERE boss IS NOT NULL AND "team" > 1;
CREATE TRIGGER users_log AFTER UPDATE OF email, team ON users
WHEN new.email <> old.email
BEGIN
    UPDATE teams SET score = score + 1 WHERE id = new.team;
    INSERT INTO empty_of_types (a) SELECT 'it''s; END' WHERE 1;
END;
CREATE TRIGGER before_all DELETE ON users BEGIN SELECT RAISE(ABORT, 'no'); END;
CREATE VIEW members (Id, "Team Name") AS
SELECT u.id, t.name -- the team
FROM users AS u
    LEFT JOIN teams AS t ON t.id = u.team;
CREATE VIEW just AS SELECT 1 AS one, 'a: b # c' AS "x: y";
CREATE TRIGGER members_insert INSTEAD OF INSERT ON members
BEGIN
    INSERT INTO users (id, email) VALUES (new.id, new."Team Name" || '@x');
END;
