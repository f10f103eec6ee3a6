INSERT INTO app.events (id, at, note) VALUES (1, '2024-05-05', 'a');
