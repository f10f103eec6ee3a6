INSERT INTO app.t (a) VALUES ('x'), ('y');
