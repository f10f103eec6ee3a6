insert into app.t values ('b'), ('d');
