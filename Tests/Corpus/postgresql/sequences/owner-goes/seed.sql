select nextval('app.s');
insert into app.t values (1, 1);
