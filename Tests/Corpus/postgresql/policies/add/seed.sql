insert into app.t values (1, 1, 'x');
