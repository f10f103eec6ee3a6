insert into app.t values (7, 'theirs', 'n');
