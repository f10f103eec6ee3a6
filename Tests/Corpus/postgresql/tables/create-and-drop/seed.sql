insert into app.old values (1, 'x');
insert into app.kept values (1);
