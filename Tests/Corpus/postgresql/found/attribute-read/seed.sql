INSERT INTO app.t (n, t) VALUES (1, 'x'), (2, 'y');
