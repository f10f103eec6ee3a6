-- A lending library, before members and loans were told apart.
CREATE SCHEMA library;
CREATE TYPE library.state AS ENUM ('shelf', 'lent', 'lost');
CREATE DOMAIN library.isbn AS text CONSTRAINT isbn_form CHECK (VALUE ~ '^[0-9]{9,12}[0-9X]$');
CREATE FUNCTION library.slug(title text) RETURNS text LANGUAGE sql IMMUTABLE
    AS $$ SELECT lower(replace(title, ' ', '-')) $$;
CREATE TABLE library.books (
    id serial PRIMARY KEY,
    isbn library.isbn NOT NULL UNIQUE,
    title text NOT NULL,
    slug text GENERATED ALWAYS AS (library.slug(title)) STORED,
    state library.state DEFAULT 'shelf' NOT NULL,
    reader text,
    due date
);
CREATE INDEX books_due_idx ON library.books (due) WHERE state = 'lent';
CREATE VIEW library.overdue AS
    SELECT id, title, reader, due FROM library.books WHERE state = 'lent' AND due < CURRENT_DATE;
CREATE VIEW library.overdue_readers AS SELECT DISTINCT reader FROM library.overdue;
CREATE TABLE library.log (at timestamp with time zone NOT NULL, what text NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE library.log_2024 PARTITION OF library.log
    FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2025-01-01 00:00+00');
CREATE FUNCTION library.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO library.log VALUES (now(), TG_OP || ' ' || NEW.title); RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT OR UPDATE ON library.books
    FOR EACH ROW EXECUTE FUNCTION library.note();
COMMENT ON TABLE library.books IS 'What can be lent.';
