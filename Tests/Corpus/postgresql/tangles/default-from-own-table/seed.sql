INSERT INTO app.ticket VALUES (1), (2);
