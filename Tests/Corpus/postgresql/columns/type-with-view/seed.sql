insert into app.t(id, price) values (1, 11.5);
