INSERT INTO app.t VALUES (1, 2, NULL, 4), (2, 3, 4, 5);
INSERT INTO app.keyless VALUES (1, 1), (1, 2);
