insert into app.t (a, gone) values (1, 5), (2, 6);
