INSERT INTO app.t (id, n) VALUES (1, 'abc'), (2, 'd');
