insert into app.a default values;
insert into app.b default values;
