insert into app.t(a) values ('low'), ('high');
