insert into app.users(email) values ('a'), ('b');
