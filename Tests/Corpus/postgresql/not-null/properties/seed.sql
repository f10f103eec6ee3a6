INSERT INTO app.t SELECT n, n, n, NULL, n, n, n, n, n FROM generate_series(1, 3) AS n;
