-- Rows for version 1 of the shop: about 110,000 in a second or two.
insert into customers (email, name, phone, fax, newsletter)
with recursive n (n) as (select 1 union all select n + 1 from n where n < 10000)
select 'customer' || n || '@example.com', 'Customer ' || n, '+49 30 ' || n,
  case when n % 4 = 0 then '+49 30 ' || n || '-9' end, n % 3 = 0
from n;

insert into addresses (customer_id, street, postal_code, city)
select id, id || ' Main Street', cast(10000 + id as text), 'Berlin' from customers;

insert into categories (slug, title)
with recursive n (n) as (select 1 union all select n + 1 from n where n < 20)
select 'category-' || n, 'Category ' || n from n;

insert into products (sku, title, description, price)
with recursive n (n) as (select 1 union all select n + 1 from n where n < 2000)
select 'SKU-' || n, 'Product ' || n, 'Very useful thing number ' || n, 500 + 100 * (n % 95)
from n;

insert into product_categories (product_id, category_id)
select p.id, c.id from products p join categories c on (p.id + c.id) % 10 = 0;

insert into warehouses (code, city)
with recursive n (n) as (select 1 union all select n + 1 from n where n < 5)
select 'WH0' || n, 'City ' || n from n;

insert into stock (warehouse_id, product_id, quantity)
select w.id, p.id, 50 from warehouses w cross join products p;

insert into orders (customer_id, status, placed_at, note)
with recursive n (n) as (select 1 union all select n + 1 from n where n < 20000)
select 1 + n % 10000, 'shipped', datetime('now', '-' || n || ' minutes'), 'Please ring twice.'
from n;

insert into order_items (order_id, line, product_id, quantity, unit_price)
select o.id, l.column1, 1 + (o.id * 7 + l.column1) % 2000, l.column1, 1990
from orders o cross join (values (1), (2)) l;

insert into shipments (order_id, warehouse_id, carrier, tracking_number)
select id, 1 + id % 5, 'Parcel Post', 'PP' || id from orders where id % 2 = 0;

insert into payments (order_id, method, amount)
select id, 'card', 5970 from orders where id % 2 = 0;
