insert into app.t values (10), (12);
