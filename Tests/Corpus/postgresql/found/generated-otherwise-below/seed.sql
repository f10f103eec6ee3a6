insert into app.above (a) values (1);
insert into app.below (a) values (2);
