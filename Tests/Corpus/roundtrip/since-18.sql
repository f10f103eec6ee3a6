-- What PostgreSQL 16 to 18 brought.
create schema app; create extension btree_gist schema app;
create table app.t (id int constraint "own name" not null, a text storage external, v int generated always as (id * 2), s int generated always as (id * 3) stored, constraint ne check (id > 0) not enforced, constraint t_id_pk primary key (id));
alter table app.t alter a set statistics default;
create table app.rooms (room int, during daterange, constraint rooms_pk primary key (room, during without overlaps));
create table app.bookings (room int, during daterange, who int, constraint b_u unique (who, during without overlaps), constraint b_r foreign key (room, period during) references app.rooms (room, period during));
create table app.fk (t int, constraint fk_ne foreign key (t) references app.t not enforced, b int, constraint fk_b foreign key (b) references app.t (id) not valid);
create publication gen for table app.t with (publish_generated_columns = stored);
create table app.nn (a int, b int); alter table app.nn add constraint nn_a not null a not valid;
create table app.par (id int not null, b int generated always as (id + 1)) partition by range (id); create table app.par1 partition of app.par for values from (1) to (9);
create unlogged table app.ul (id int generated always as identity);
create function app.nothing() returns event_trigger language plpgsql as 'begin end';
create event trigger lo on login execute function app.nothing(); alter event trigger lo disable;
create domain app.named as int constraint its_own not null; comment on constraint its_own on domain app.named is 'why'; create domain app.told as text not null; comment on constraint told_not_null on domain app.told is 'told';
create table app.users (id int not null, email text not null); create table app.backup_of_users (like app.users);
create table app.ga (a int, c int generated always as (a + 1) stored); create table app.gb (c int generated always as (a + 2) stored, own int) inherits (app.ga);
create table app.na (a int not null, b int not null); create table app.nb (a int default 2, b int not null, x int) inherits (app.na); create table app.nc (x int) inherits (app.nb);
create subscription alone connection 'dbname=nowhere' publication gen with (connect = false, slot_name = none, enabled = false, password_required = false);
