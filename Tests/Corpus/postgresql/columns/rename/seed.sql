insert into app.t(mail) values ('a'), ('b');
