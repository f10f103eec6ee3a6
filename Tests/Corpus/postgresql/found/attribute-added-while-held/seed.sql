INSERT INTO app.t VALUES (1, ROW(1, 'x'), ARRAY[ROW(2, 'y')::app.pair], NULL);
