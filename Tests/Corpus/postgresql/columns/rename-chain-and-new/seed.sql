INSERT INTO app.t (id, a, b) VALUES (1, 'a1', 'b1'), (2, NULL, 'b2');
