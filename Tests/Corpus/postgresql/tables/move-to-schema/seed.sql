insert into app.t(name) values ('a');
insert into app.u select id from app.t;
