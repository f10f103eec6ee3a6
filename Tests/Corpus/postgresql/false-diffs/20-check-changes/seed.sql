insert into app.t values (2), (3);
