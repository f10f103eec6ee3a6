insert into app.a values (1, null);
insert into app.b values (1, 1);
update app.a set b = 1;
