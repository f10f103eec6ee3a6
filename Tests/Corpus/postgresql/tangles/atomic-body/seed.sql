insert into app.t(id) values (1), (2);
