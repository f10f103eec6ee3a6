insert into app.t values (1, 'x', 3);
