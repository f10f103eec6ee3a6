INSERT INTO app.p VALUES (7, 'x'), (8, 'y');
INSERT INTO app.one VALUES (1, 'x');
INSERT INTO app.two VALUES (2, 'x'), (3, 'y');
