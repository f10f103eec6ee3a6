insert into app.t(id, many) values ('a', '{a,c}');
insert into app.u values ('a');
