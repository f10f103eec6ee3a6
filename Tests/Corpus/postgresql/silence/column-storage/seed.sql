INSERT INTO app.t VALUES (1, repeat('x', 9000));
