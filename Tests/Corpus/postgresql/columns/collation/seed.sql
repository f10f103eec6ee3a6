insert into app.t values ('a'), ('B');
