insert into app.a values (1, 'x');
insert into app.b values (1, 2);
