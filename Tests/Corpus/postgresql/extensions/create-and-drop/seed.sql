insert into app.t values ('A');
