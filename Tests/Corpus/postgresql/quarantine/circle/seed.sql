insert into app.one select n from generate_series(1, 50) n;
insert into app.two select n, n from generate_series(1, 50) n;
update app.one set two = id;
insert into app.staying select n, null from generate_series(1, 50) n;
