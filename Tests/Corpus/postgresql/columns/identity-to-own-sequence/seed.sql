insert into app.t (b) values ('x'), ('y');
