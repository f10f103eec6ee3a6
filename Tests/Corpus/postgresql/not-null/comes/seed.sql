INSERT INTO app.t VALUES (1, 1, 1, 1, 1, 1, 1);
INSERT INTO app.child VALUES (1);
