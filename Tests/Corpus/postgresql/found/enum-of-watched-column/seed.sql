INSERT INTO app.jobs (id, status) VALUES (1, 'todo'), (2, 'done');
