INSERT INTO app.t VALUES (1, 'x');
INSERT INTO app.holder VALUES (ROW(2, 'y'));
