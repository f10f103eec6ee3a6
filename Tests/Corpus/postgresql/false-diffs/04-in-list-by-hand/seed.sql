alter table app.t drop constraint t_x_check;
alter table app.t add constraint t_x_check check (x in ('a', 'b'));
drop index app.t_x_idx;
create index t_x_idx on app.t (x) where x in ('a', 'b');
create or replace view app.v as select x from app.t where x in ('a', 'b');
