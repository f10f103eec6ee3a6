INSERT INTO app.t (a, b) VALUES (1, 'one'), (2, NULL);
