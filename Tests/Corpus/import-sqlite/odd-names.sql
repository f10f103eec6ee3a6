-- Names that YAML, SQL or a file system would take for something else.
CREATE TABLE "null" ("true" TEXT, "1" INTEGER, "- a" TEXT, "b: c" TEXT, "#d" TEXT, "~" TEXT);
CREATE TABLE [select] ([from] INTEGER PRIMARY KEY, [order by] TEXT, [(x)] INTEGER);
CREATE TABLE `it's "quoted"` (`a"b` TEXT, 'c''d' INTEGER, "e`f" REAL, "g]h" BLOB);
CREATE TABLE "ÄÖÜ äöü" ("日本語" TEXT CHECK ("日本語" <> 'é'), "🙂" INTEGER UNIQUE);
CREATE TABLE "../../etc/passwd" (" leading" TEXT, "trailing " TEXT);
CREATE TABLE CON (aux TEXT, "yes" TEXT DEFAULT 'no', "y" TEXT DEFAULT 'a
b	c');
CREATE TABLE con_ (a TEXT);
CREATE TABLE "a.b" (a "MY TYPE", b "odd (type) x" DEFAULT 'it''s "x" \ / {{ }}', c 'text');
CREATE INDEX "(x) y" ON [select] ([(x)], ([from] + 1));
CREATE INDEX "null idx" ON "null" ("true", "1" DESC, "- a" COLLATE NOCASE);
CREATE VIEW "view: 1" AS SELECT "true", "b: c" FROM "null" WHERE "#d" = '# no comment';
CREATE TRIGGER "trig ""1""" AFTER INSERT ON "null" BEGIN SELECT "it's ""quoted""" FROM (SELECT 1 AS "it's ""quoted"""); END;
CREATE TABLE "check" ("unique" TEXT CONSTRAINT "primary" UNIQUE, CONSTRAINT 'key' CHECK ("unique" > "zz"));
