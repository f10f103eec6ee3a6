INSERT INTO app.events_2024 (id, at) VALUES (1, '2024-05-05');
