INSERT INTO app.events_2024 (id, at, region, note) VALUES (1, '2024-05-05', 'x', 'y');
