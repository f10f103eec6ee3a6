INSERT INTO app.events (id, at) VALUES (1, '2024-05-05');
