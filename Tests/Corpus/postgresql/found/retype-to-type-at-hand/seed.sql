INSERT INTO app.t (m) VALUES ('sad');
