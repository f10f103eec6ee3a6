-- Kinds beside tables, views and functions, each with what it can have; one schema for each family.
-- Types, triggers, rules, policies, statistics and the marks of tables.
create schema app;
create domain app.email as text collate "C" default 'x@y' not null constraint at check (value like '%@%');
alter domain app.email add constraint len check (length(value) > 2) not valid;
comment on constraint at on domain app.email is 'has at';
comment on domain app.email is 'mail';
create type app.pair as (a int, b text collate "C", "C d" app.email);
comment on column app.pair.a is 'first'; comment on type app.pair is 'p';
create table app.t(id int primary key, mail app.email, p app.pair, n int not null, m int);
create unique index t_n on app.t(n);
alter table app.t enable row level security; alter table app.t force row level security;
alter table app.t replica identity using index t_n; alter table app.t cluster on t_pkey;
create statistics app.s1 (ndistinct, mcv) on n, m from app.t; create statistics app.s2 on (n+m), id from app.t; alter statistics app.s1 set statistics 300;
create statistics app.s3 on (n*2) from app.t; comment on statistics app.s1 is 'st';
create policy p1 on app.t for select to public using (n > 3); create policy p2 on app.t as restrictive to postgres using (true) with check (m < 4); comment on policy p1 on app.t is 'pol';
create view app.v as select id, n from app.t;
create rule r1 as on insert to app.v where new.id > 3 do instead (insert into app.t(id,n) values (new.id,new.n)); create rule r0 as on insert to app.v do instead nothing; comment on rule r1 on app.v is 'rr';
create rule "R 2" as on delete to app.t do also notify "Y";
create function app.tf() returns trigger language plpgsql as 'begin return new; end';
create trigger t1 before insert or update of n, m on app.t for each row when (new.n > 3) execute function app.tf('a''b', 'c\d', 'ä');
create trigger t2 after update on app.t referencing old table as "Old T" new table as nt for each statement execute function app.tf();
create constraint trigger t3 after update on app.t from app.t deferrable initially deferred for each row when (old.n is distinct from new.n) execute function app.tf();
create trigger t4 instead of update on app.v for each row execute function app.tf(); comment on trigger t4 on app.v is 'tt';
alter table app.t disable trigger t1; alter table app.t enable always trigger t2; alter table app.t enable replica rule "R 2";

-- Ranges, collations, aggregates, operators, text search and procedures.
create schema lib;
create type lib.fr as range (subtype = float8, subtype_diff = float8mi);
create function lib.tdiff(a time, b time) returns float8 language sql immutable as 'select extract(epoch from (a - b))';
create type lib.timerange as range (subtype = time, subtype_diff = lib.tdiff, multirange_type_name = lib.tmr);
create type lib.tr as range (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
comment on type lib.fr is 'floats';
create table lib.t (a lib.fr, b lib.timerange[], c lib.tmr, id int primary key);
create collation lib.de (provider = libc, locale = 'POSIX');
create collation lib.c1 (locale = 'C.UTF-8'); create collation lib.c2 (lc_collate = 'C', lc_ctype = 'C.UTF-8');
comment on collation lib.de is 'german';
create table lib.tt (x text collate lib.de primary key);
create function lib.acc(int, int) returns int language sql immutable as 'select coalesce($1,0)+coalesce($2,0)';
create aggregate lib.mysum(int) (sfunc = lib.acc, stype = int, initcond = '0', combinefunc = lib.acc, parallel = safe);
create aggregate lib.cnt(*) (sfunc = int8inc, stype = int8, initcond = '0');
comment on aggregate lib.mysum(int) is 'sum';
create view lib.v as select lib.mysum(id) from lib.t;
create function lib.eq(lib.fr, lib.fr) returns bool language sql immutable as 'select true';
create function lib.ne(lib.fr, lib.fr) returns bool language sql immutable as 'select false';
create operator lib.=== (function = lib.eq, leftarg = lib.fr, rightarg = lib.fr, commutator = operator(lib.===), negator = operator(lib.!==), restrict = eqsel, join = eqjoinsel, hashes, merges);
create operator lib.!== (function = lib.ne, leftarg = lib.fr, rightarg = lib.fr, negator = operator(lib.===));
create function lib.neg(lib.fr) returns bool language sql immutable as 'select true';
create operator lib.!! (function = lib.neg, rightarg = lib.fr);
comment on operator lib.!!(none, lib.fr) is 'op';
create table lib.o (a lib.fr, check (a operator(lib.===) a));
create text search dictionary lib.d (template = snowball, language = english, stopwords = english);
create text search dictionary lib.d2 (template = pg_catalog.simple); comment on text search dictionary lib.d is 'dict';
create procedure lib.pr(in a int, out c int, inout b text default 'x') language plpgsql as $$ begin c := a; end $$;
create procedure lib.pr2() language sql begin atomic select 1; end; comment on procedure lib.pr2() is 'pp';
create function lib.pr2(int) returns int language sql as 'select 1';

-- Materialized views.
create schema mv;
create table mv.t(id int primary key, n int);
create materialized view mv.mv with (fillfactor=70) as select n, count(*) c from mv.t group by n;
create unique index mv_n on mv.mv(n); create index mv_x on mv.mv((c+1)) where c > 3;
comment on materialized view mv.mv is 'mv'; comment on column mv.mv.c is 'cc'; comment on index mv.mv_n is 'ii';
create view mv.v as select * from mv.mv;
create materialized view mv.m2 as select * from mv.t;
