INSERT INTO app.t (id, e) VALUES (1, 'a'), (2, 'c');
