insert into app.t values ('a'), ('b');
