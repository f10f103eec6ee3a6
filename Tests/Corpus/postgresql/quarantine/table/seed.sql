insert into app.customers select n, 'c' || n from generate_series(1, 20) n;
insert into app.orders (customer, state, amount, parent)
select n % 20 + 1, case when n % 3 = 0 then 'paid' else 'open' end::app.state, n, null
from generate_series(1, 500) n;
