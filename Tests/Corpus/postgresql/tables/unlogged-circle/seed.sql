INSERT INTO app.b VALUES (1), (2); INSERT INTO app.a VALUES (1, 1); UPDATE app.b SET a = 1 WHERE id = 2;
