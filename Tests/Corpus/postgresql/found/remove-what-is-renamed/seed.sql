INSERT INTO app.t (a) VALUES (3);
