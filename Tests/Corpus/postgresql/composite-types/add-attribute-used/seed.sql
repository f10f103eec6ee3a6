insert into app.t values (row(1, 'x'));
