INSERT INTO app.events (id, at) SELECT i, i FROM generate_series(1, 19) i;
