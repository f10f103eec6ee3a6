INSERT INTO app.t (id, n) SELECT i, i * 2 FROM generate_series(1, 20) i;
