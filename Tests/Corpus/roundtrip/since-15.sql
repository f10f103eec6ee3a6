-- What PostgreSQL 15 brought. Roles: roundtrip_reader.
create schema app;
create table app.t (id int not null, a text, b int, g int generated always as (id + 1) stored, constraint t_u unique nulls not distinct (a, b)); alter table app.t replica identity full;
create unique index t_n on app.t (b) nulls not distinct;
create table app.p (id int primary key); create table app.f (a int, b int, p int, c int default 1, constraint f_p foreign key (p) references app.p on delete set null (p));
create view app.v with (security_invoker = true) as select id from app.t;
create unlogged sequence app.us;
create publication p15 for tables in schema app; create publication cols for table app.t (id, a) where (b > 3), app.p where (id <> 0);
create table app.parts (id int, at date) partition by range (at); create table app.parts1 partition of app.parts for values from ('2020-01-01') to ('2021-01-01'); create publication root for table app.parts (id) with (publish_via_partition_root);
