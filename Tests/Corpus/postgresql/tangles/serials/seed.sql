insert into app.t(c) values (1), (2);
