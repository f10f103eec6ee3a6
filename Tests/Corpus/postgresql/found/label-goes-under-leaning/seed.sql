INSERT INTO app.t VALUES ('ok');
