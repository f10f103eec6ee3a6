insert into app.t values (7, 'theirs', 'n');
update app.t set note = 'theirs' where id = 1;
