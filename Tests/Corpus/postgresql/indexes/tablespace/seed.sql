INSERT INTO app.t SELECT n, n, int4range(n, n + 1) FROM generate_series(1, 3) AS n;
INSERT INTO app.kept VALUES (1);
