insert into app.t values ('A', 1, 'x');
