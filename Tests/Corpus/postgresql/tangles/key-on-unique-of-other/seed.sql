insert into app.p values (1, 2, 3);
insert into app.t values (1, 2, 3);
