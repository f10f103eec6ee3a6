insert into app.t values (1, 5, 'x');
