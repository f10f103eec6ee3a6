insert into app.t values (1, 'x'), (2, 'y');
