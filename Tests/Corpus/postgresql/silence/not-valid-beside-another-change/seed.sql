insert into app.c values (1, 77);
