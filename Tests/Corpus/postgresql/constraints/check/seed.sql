insert into app.t values (10);
