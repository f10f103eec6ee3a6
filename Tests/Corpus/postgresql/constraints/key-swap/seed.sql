INSERT INTO app.p VALUES (1, 1, 1), (2, 1, 2);
INSERT INTO app.q VALUES (1, 1), (2, 2);
INSERT INTO app.t VALUES (1, 1, 1);
