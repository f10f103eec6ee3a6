INSERT INTO app.t (a) VALUES (1), (2);
