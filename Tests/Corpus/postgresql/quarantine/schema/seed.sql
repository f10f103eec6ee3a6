insert into old.t select generate_series(1, 30);
insert into app.t select n, n from generate_series(1, 30) n;
