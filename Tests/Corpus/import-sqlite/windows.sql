-- A file that was written on Windows.
CREATE TABLE w (
    a TEXT, -- first
    b TEXT DEFAULT 'x
y'
);
CREATE VIEW v AS
SELECT a,
       b
FROM w
WHERE a <> 'p
q';
CREATE TRIGGER g AFTER INSERT ON w
BEGIN
    DELETE FROM w WHERE a = 'tab	' || new.b; /* done */
END;
