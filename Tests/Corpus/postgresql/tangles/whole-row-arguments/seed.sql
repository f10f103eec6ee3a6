insert into app.person values (1, 'A', 'B');
