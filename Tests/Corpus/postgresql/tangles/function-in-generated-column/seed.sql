insert into app.t(name) values ('A'), ('B');
