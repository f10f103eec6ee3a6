insert into app.t values (1, 'a'), (2, 'b');
insert into app.u values (1);
