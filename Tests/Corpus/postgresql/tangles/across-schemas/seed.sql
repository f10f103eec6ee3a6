insert into core.account default values;
insert into sales.orders select 1, id from core.account;
