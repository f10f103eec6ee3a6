INSERT INTO app.t VALUES (1, 'one', 'first', ROW(1, NULL)::app.pair, 1, 1, 1);
INSERT INTO app.child VALUES (1, 1, 1);
INSERT INTO app.parted VALUES (1, 1);
